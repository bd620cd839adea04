import { once } from "node:events";
import { connect } from "node:net";

const HEAD_END = Buffer.from("\r\n\r\n");
const LAST_CHUNK = Buffer.from("\r\n0\r\n\r\n");

/** A client on a connection of its own that reads answers no further than to know where they end. */
export interface LeanClient {
  /**
   * Sends the request and waits for its answer; resolves with the milliseconds it took.
   *
   * @throws where the answer is no 200
   */
  send(): Promise<number>;
  close(): void;
}

/**
 * Connects a client that sends one request again and again: a POST of a JSON body, or a GET without one. It takes so
 * little time itself that what is measured with it is the server.
 */
export async function leanClient(url: string, body?: object): Promise<LeanClient> {
  const { hostname, port } = new URL(url);
  const request = requestOf(new URL(url), body);
  const socket = connect({ host: hostname, port: Number(port), noDelay: true });
  await once(socket, "connect");

  let answered: PromiseWithResolvers<void> | null = null;
  /** Of the answer's bytes, how many are still to come; null where only its last chunk tells. */
  let missing: number | null = 0;
  let tail = Buffer.alloc(0);
  let isStarted = false;
  socket.on("error", (error) => answered?.reject(error));
  socket.on("close", () => answered?.reject(new Error("the server closed the connection")));
  socket.on("data", (bytes) => {
    try {
      if (!isStarted) missing = answerLength(bytes);
      isStarted = true;
      if (missing !== null) missing -= bytes.length;
      tail = Buffer.concat([tail, bytes.subarray(-LAST_CHUNK.length)]).subarray(-LAST_CHUNK.length);
      const isWhole = missing === null ? tail.equals(LAST_CHUNK) : missing <= 0;
      if (!isWhole) return;
      isStarted = false;
      answered?.resolve();
    } catch (error) {
      answered?.reject(error);
    }
  });

  return {
    async send() {
      answered = Promise.withResolvers();
      const sentAt = performance.now();
      if (socket.destroyed) throw new Error("the server closed the connection");
      socket.write(request);
      await answered.promise;
      return performance.now() - sentAt;
    },
    close: () => socket.destroy(),
  };
}

function requestOf({ host, pathname, search }: URL, body?: object): Buffer {
  if (!body) return Buffer.from(`GET ${pathname}${search} HTTP/1.1\r\nhost: ${host}\r\n\r\n`);
  const content = JSON.stringify(body);
  const head = `POST ${pathname}${search} HTTP/1.1\r\nhost: ${host}\r\ncontent-type: application/json`;
  return Buffer.from(`${head}\r\ncontent-length: ${Buffer.byteLength(content)}\r\n\r\n${content}`);
}

/** How long the answer is that starts with some bytes; null if it comes in chunks. */
function answerLength(bytes: Buffer): number | null {
  const end = bytes.indexOf(HEAD_END);
  const head = bytes.toString("latin1", 0, end);
  if (end < 0 || !head.startsWith("HTTP/1.1 200")) throw new Error(`the server answered ${head}`);
  const length = /\r\ncontent-length: (\d+)/i.exec(head)?.[1];
  return length === undefined ? null : end + HEAD_END.length + Number(length);
}
