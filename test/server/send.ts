import { connect as connectHttp2 } from "node:http2";
import { connect } from "node:net";
import { onTestFinished } from "vitest";

/** A request, whatever is wrong with it. */
export interface Sent {
  method: string;
  path: string;
  headers: Record<string, string>;
  body: Uint8Array | null;
}

/** What came back. */
export interface Received {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  trailers: Record<string, string | string[] | undefined>;
  body: Buffer;
}

/** Sends a request and waits for its answer. */
export type Send = (request: Sent) => Promise<Received>;

/** Sends requests over HTTP/1.1, each on a connection of its own and byte for byte as they are given. */
export function http1Sender(port: number): Send {
  return ({ method, path, headers, body }) => {
    const { promise, resolve, reject } = Promise.withResolvers<Received>();
    const chunks: Buffer[] = [];
    const socket = connect(port, "127.0.0.1");
    socket.on("error", () => {});
    socket.on("data", (chunk) => chunks.push(chunk));
    socket.on("close", () => {
      const answer = parseAnswer(Buffer.concat(chunks));
      if (answer) resolve(answer);
      else reject(new Error(`${method} ${path.slice(0, 100)} was not answered`));
    });
    const given = { host: "localhost", connection: "close", "content-length": body?.length, ...headers };
    const lines = Object.entries(given).flatMap(([name, value]) =>
      value === undefined ? [] : `${name}: ${value}`,
    );
    socket.write(Buffer.from([`${method} ${path} HTTP/1.1`, ...lines, "\r\n"].join("\r\n"), "latin1"));
    if (body) socket.write(body);
    return promise;
  };
}

/** Sends requests over HTTP/2, all on one connection that is closed when the test ends. */
export function http2Sender(url: string): Send {
  const session = connectHttp2(url);
  session.on("error", () => {});
  onTestFinished(() => session.destroy());
  return ({ method, path, headers, body }) => {
    const { promise, resolve, reject } = Promise.withResolvers<Received>();
    const stream = session.request(
      { ":method": method, ":path": path, ...headers },
      { endStream: body === null },
    );
    const chunks: Buffer[] = [];
    let head: Received["headers"] = {};
    let trailers: Received["trailers"] = {};
    stream.on("response", (received) => {
      head = received;
    });
    stream.on("trailers", (received) => {
      trailers = received;
    });
    stream.on("data", (chunk) => chunks.push(chunk));
    stream.on("error", reject);
    stream.on("close", () => {
      const status = Number(head[":status"]);
      if (status) resolve({ status, headers: head, trailers, body: Buffer.concat(chunks) });
      else reject(new Error(`${method} ${path.slice(0, 100)} was not answered`));
    });
    if (body) stream.end(body);
    return promise;
  };
}

function parseAnswer(bytes: Buffer): Received | null {
  const [head = "", ...rest] = bytes.toString("latin1").split("\r\n\r\n");
  const [first = "", ...lines] = head.split("\r\n");
  const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(first)?.[1]);
  if (!status) return null;
  const headers = Object.fromEntries(
    lines.map((line) => [line.slice(0, line.indexOf(":")).toLowerCase(), line.slice(line.indexOf(":") + 2)]),
  );
  const body = Buffer.from(rest.join("\r\n\r\n"), "latin1");
  return { status, headers, trailers: {}, body: headers["transfer-encoding"] ? unchunked(body) : body };
}

function unchunked(body: Buffer): Buffer {
  const parts: Buffer[] = [];
  for (let at = 0; ; ) {
    const lineEnd = body.indexOf("\r\n", at);
    const length = Number.parseInt(body.toString("latin1", at, lineEnd), 16);
    if (!(length > 0)) return Buffer.concat(parts);
    parts.push(body.subarray(lineEnd + 2, lineEnd + 2 + length));
    at = lineEnd + 2 + length + 2;
  }
}
