import { once } from "node:events";
import { connect as connectHttp2 } from "node:http2";
import { connect } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import type { Door } from "../../src/doors/kit/door.ts";
import { sendPieces } from "../../src/doors/kit/http/stream-reply.ts";
import { READS } from "../../src/doors/kit/identity/access.ts";
import { rpcDoor, start } from "./harness.ts";

const MIB = 2 ** 20;
const PIECE = "x".repeat(MIB);

/** A door whose answers go on for as long as somebody takes them; it counts the pieces it has made, and who makes some. */
function endlessDoor() {
  const made = { pieces: 0, open: 0 };
  async function* pieces() {
    made.open += 1;
    try {
      for (;;) {
        made.pieces += 1;
        yield PIECE;
      }
    } finally {
      made.open -= 1;
    }
  }
  const rpc = rpcDoor({
    async *threadsQuery() {
      for await (const nextPageToken of pieces()) yield { nextPageToken };
    },
  });
  const door: Door = {
    ...rpc,
    http: (app) =>
      void app.get("/endless", READS, (_request, reply) => sendPieces(reply, "text/plain", pieces)),
  };
  return { door, made };
}

/** Resolves when a condition holds: looks each turn of the loop. */
async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 5));
}

const small = { answerMemory: 8 * MIB };

test("answers that nobody reads stop at a bound, and end when they stand still too long", async () => {
  const { door, made } = endlessDoor();
  const { url, port } = await start({ doors: [door], config: { ...small, requestTimeout: 1500 } });
  const session = connectHttp2(url, { settings: { initialWindowSize: 0 } }).on("error", () => {});
  onTestFinished(() => session.destroy());
  await once(session, "connect");
  const closed = Array.from({ length: 100 }, async () => {
    const stream = session.request({ ":path": "/endless" }).on("error", () => {});
    stream.resume();
    await new Promise((resolve) => stream.on("close", resolve));
  });
  await until(() => made.open >= 2);
  // A client that reads goes on meanwhile.
  const socket = connect(port, "127.0.0.1");
  socket.write("GET /health HTTP/1.1\r\nhost: localhost\r\n\r\n");
  expect(String(await once(socket, "data"))).toMatch(/ 200 OK/);
  socket.destroy();
  await closed[0];
  // A quarter of the memory is this connection's; a piece of each answer may be under way beyond.
  expect(made.pieces).toBeLessThan(50);
  session.destroy();
  await until(() => made.open === 0);
});

test("a stream of an RPC that nobody reads makes no more than the client's window and a message", async () => {
  const { door, made } = endlessDoor();
  const { url } = await start({ doors: [door], config: { ...small, requestTimeout: 1500 } });
  const session = connectHttp2(url, { settings: { initialWindowSize: 0 } }).on("error", () => {});
  onTestFinished(() => session.destroy());
  const stream = session.request({
    ":method": "POST",
    ":path": "/skein.v1.ThreadService/ThreadsQuery",
    "content-type": "application/grpc",
    te: "trailers",
  });
  stream.on("error", () => {}).resume();
  const closed = new Promise((resolve) => stream.on("close", resolve));
  stream.end(Buffer.alloc(5));
  await until(() => made.open === 1);
  await closed;
  await until(() => made.open === 0);
  expect(made.pieces).toBeLessThan(5);
});

test("what a client that vanishes was to be sent is given back", async () => {
  const { door, made } = endlessDoor();
  const { port } = await start({ doors: [door], config: small });
  const sockets = Array.from({ length: 20 }, () => connect(port, "127.0.0.1").on("error", () => {}));
  for (const socket of sockets) socket.pause().write("GET /endless HTTP/1.1\r\nhost: localhost\r\n\r\n");
  await until(() => made.open > 0);
  for (const socket of sockets) socket.resetAndDestroy();
  await until(() => made.open === 0);
});

test("sessions that reset more than they let finish are told to calm down, others are not", async () => {
  const { door } = endlessDoor();
  const { url } = await start({ doors: [door], config: { resetLimit: 50 } });
  const hostile = connectHttp2(url).on("error", () => {});
  const told = once(hostile, "goaway") as Promise<[number]>;
  const closed = new Promise((resolve) => hostile.on("close", resolve));
  await once(hostile, "connect");
  // Until it is told: so many at once that even a busy machine resets more than are free in the time.
  while (!hostile.destroyed && !hostile.closed) {
    for (let resets = 0; resets < 10; resets += 1) {
      const stream = hostile.request({ ":path": "/endless" }).on("error", () => {});
      stream.close(8);
    }
    await new Promise(setImmediate);
  }
  expect((await told)[0]).toBe(11);
  await closed;

  const busy = connectHttp2(url);
  onTestFinished(() => busy.destroy());
  for (let requests = 0; requests < 120; requests += 1) {
    await once(busy.request({ ":path": "/health" }).resume(), "close");
    const reset = busy.request({ ":path": "/endless" }).on("error", () => {});
    reset.close(8);
    await new Promise((resolve) => reset.on("close", resolve));
  }
  expect(busy.closed).toBe(false);
});
