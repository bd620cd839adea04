import { once } from "node:events";
import { connect } from "node:net";
import { text } from "node:stream/consumers";
import { Code, createClient } from "@connectrpc/connect";
import { describe, expect, test } from "vitest";
import { Health } from "../../gen/grpc/health/v1/health_pb.ts";
import { ThreadService } from "../../gen/skein/v1/thread_service_pb.ts";
import type { Door } from "../../src/doors/kit/door.ts";
import { rpcDoor, start, transports } from "./harness.ts";

/** A stream that waits to be let on after its first message. */
function gatedDoor() {
  const { promise: gate, resolve: open } = Promise.withResolvers<void>();
  const door = rpcDoor({
    async *threadsQuery() {
      yield { threads: [{ threadId: "first" }] };
      await gate;
      yield { threads: [{ threadId: "last" }] };
    },
  });
  return { door, open };
}

describe.each(Object.entries(transports))("shutdown over %s", (_name, transport) => {
  test("finishes a stream that is under way", async () => {
    const { door, open } = gatedDoor();
    const { url, close } = await start({ doors: [door] });
    const threads: string[] = [];
    let closed: Promise<void> | undefined;
    for await (const message of createClient(ThreadService, transport(url)).threadsQuery({})) {
      threads.push(...message.threads.map(({ threadId }) => threadId));
      if (closed === undefined) {
        closed = close();
        await expect(fetch(`${url}/health`)).rejects.toThrow();
        open();
      }
    }
    expect(threads).toEqual(["first", "last"]);
    await closed;
  });

  test("fails a stream that does not finish within the grace", async () => {
    const { door } = gatedDoor();
    const { url, close } = await start({ doors: [door], config: { shutdownGrace: 50 } });
    const drained = (async () => {
      for await (const message of createClient(ThreadService, transport(url)).threadsQuery({})) {
        if (message.threads.length > 0) void close();
      }
    })();
    await expect(drained).rejects.toMatchObject({ code: Code.Unavailable });
    await close();
  });
});

describe("shutdown over plain HTTP", () => {
  /** A route whose answer is `size` bytes in one piece, once it is let on. */
  function slowDoor(size: number) {
    const { promise: gate, resolve: open } = Promise.withResolvers<void>();
    const { promise: asked, resolve } = Promise.withResolvers<void>();
    const door: Door = {
      http(app) {
        app.get("/slow", async () => {
          resolve();
          await gate;
          return "x".repeat(size);
        });
      },
    };
    return { door, open, asked };
  }

  test("finishes an answer and then ends the connection, kept alive or not", async () => {
    const { door, open, asked } = slowDoor(10);
    const { port, close } = await start({ doors: [door] });
    const socket = connect(port, "127.0.0.1");
    socket.write("GET /slow HTTP/1.1\r\nhost: localhost\r\n\r\n");
    await asked;
    const closed = close();
    open();
    expect(await text(socket)).toMatch(/200 OK.*xxxxxxxxxx$/s);
    await closed;
  });

  test("sends all of an answer that is ready but not yet read", async () => {
    const size = 20_000_000;
    const { door, open, asked } = slowDoor(size);
    const { port, close } = await start({ doors: [door] });
    const socket = connect(port, "127.0.0.1");
    socket.write("GET /slow HTTP/1.1\r\nhost: localhost\r\n\r\n");
    await asked;
    open();
    await once(socket, "readable");
    const closed = close();
    expect((await text(socket)).length).toBeGreaterThan(size);
    await closed;
  });

  test("does not wait for connections that are idle or silent", async () => {
    const { url, port, close } = await start({ config: { shutdownGrace: 300_000 } });
    const silent = connect(port, "127.0.0.1");
    await once(silent, "connect");
    await (await fetch(`${url}/health`)).text();
    await close();
    silent.destroy();
  });
});

test.each(["gRPC", "Connect over HTTP/2"])(
  "ends although a client that cancels its last stream meanwhile stays connected over %s",
  async (name) => {
    const { url, close } = await start({ config: { shutdownGrace: 200 } });
    let closed: Promise<void> | undefined;
    for await (const _status of createClient(Health, transports[name]!(url)).watch({})) {
      if (closed) break;
      closed = close();
    }
    await closed;
  },
);
