import { once } from "node:events";
import { connect as connectHttp2 } from "node:http2";
import { connect, type Socket } from "node:net";

/** How a client leaves. */
export const LEAVES = ["close", "reset", "half-close"] as const;

/** When it does. */
export const MOMENTS = ["before headers", "within the body", "after the answer"] as const;

/** Requests of every kind there is. */
export interface Asked {
  method: string;
  path: string;
  headers: Record<string, string>;
  body: Buffer;
}

const json = { "content-type": "application/json" };
const envelope = Buffer.from([0, 0, 0, 0, 0]);
const form = { "content-type": "multipart/form-data; boundary=b" };
const part = (name: string, text: string) =>
  `--b\r\ncontent-disposition: form-data; name="${name}"${name === "file" ? '; filename="f"' : ""}\r\n\r\n${text}\r\n`;

function post(path: string, headers: Record<string, string>, body: string | Buffer): Asked {
  return { method: "POST", path, headers, body: Buffer.from(body) };
}

const rpc = "/skein.v1.ThreadService";
const longJson = JSON.stringify({ project_id: "p", padding: "x".repeat(3000) });

/** A request of every kind of route, those that are refused before their body is read among them. */
export const KINDS: Record<string, Asked> = {
  health: { method: "GET", path: "/health", headers: {}, body: Buffer.alloc(0) },
  "no route": post("/nowhere", json, longJson),
  weave: post("/threads/stream_query", json, longJson),
  langgraph: post("/threads/search", json, longJson),
  chat: post("/api/chat/threads", json, longJson),
  form: post("/file/create", form, `${part("project_id", "p")}${part("file", "x".repeat(3000))}--b--\r\n`),
  "OTLP protobuf": post("/v1/traces", { "content-type": "application/x-protobuf" }, Buffer.alloc(3000, 10)),
  "OTLP JSON": post("/v1/traces", json, '{"resourceSpans":[]}'),
  "a type that is none": post("/v1/traces", { "content-type": "text/x" }, longJson),
  gRPC: post(`${rpc}/Spans`, { "content-type": "application/grpc", te: "trailers" }, envelope),
  "gRPC stream": post(
    `${rpc}/ThreadsQuery`,
    { "content-type": "application/grpc", te: "trailers" },
    envelope,
  ),
  "gRPC-Web": post(`${rpc}/Spans`, { "content-type": "application/grpc-web" }, envelope),
  Connect: post(`${rpc}/Spans`, json, JSON.stringify({ padding: "x".repeat(3000) })),
  "Connect, a type that is none": post(`${rpc}/Spans`, { "content-type": "text/x" }, longJson),
  "Connect, an unknown encoding": post(`${rpc}/Spans`, { ...json, "content-encoding": "x" }, longJson),
  "RPC of health": post("/grpc.health.v1.Health/Check", { "content-type": "text/x" }, longJson),
};

/** Sends as much of a request over HTTP/1.1 as the moment says, and leaves. With `again`, a second follows at once. */
export async function leaveHttp1(
  port: number,
  { method, path, headers, body }: Asked,
  leave: (typeof LEAVES)[number],
  moment: (typeof MOMENTS)[number],
  again = false,
): Promise<void> {
  const socket = connect(port, "127.0.0.1").on("error", () => {});
  const closed = once(socket, "close");
  const lines = Object.entries({ host: "localhost", ...headers, "content-length": body.length });
  const head = `${method} ${path} HTTP/1.1\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join("")}\r\n`;
  const whole = Buffer.concat([Buffer.from(head), body]);
  const cut =
    moment === "before headers"
      ? 20
      : moment === "within the body"
        ? Math.max(head.length, whole.length - 5)
        : whole.length;
  socket.write(whole.subarray(0, cut));
  if (again) socket.write(whole.subarray(0, whole.length - 1));
  if (moment === "after the answer") await Promise.race([once(socket, "data"), closed]);
  else await new Promise(setImmediate);
  end(socket, leave);
  await closed;
}

function end(socket: Socket, leave: (typeof LEAVES)[number]): void {
  if (leave === "close") socket.destroy();
  else if (leave === "reset") socket.resetAndDestroy();
  else socket.resume().end();
}

/** The same over HTTP/2, where a request can also be reset by itself. */
export async function leaveHttp2(
  port: number,
  { method, path, headers, body }: Asked,
  leave: (typeof LEAVES)[number],
  moment: (typeof MOMENTS)[number],
): Promise<void> {
  const session = connectHttp2(`http://127.0.0.1:${port}`).on("error", () => {});
  await once(session, "connect");
  const closed = once(session, "close");
  const { socket } = session;
  if (moment !== "before headers") {
    const stream = session.request(
      { ":method": method, ":path": path, ...headers },
      { endStream: body.length === 0 },
    );
    stream.on("error", () => {});
    const answered = once(stream.resume(), "close").catch(() => {});
    if (body.length > 0) stream.write(moment === "within the body" ? body.subarray(0, -1) : body);
    if (moment === "after the answer") {
      stream.end();
      await answered;
    } else {
      await new Promise(setImmediate);
    }
    if (leave === "reset") stream.close(8);
  }
  if (leave === "half-close") session.close();
  else if (leave === "close") session.destroy();
  else socket.destroy();
  setImmediate(() => session.destroy());
  await closed;
}
