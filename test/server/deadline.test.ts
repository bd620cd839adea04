import { Code, ConnectError, createClient } from "@connectrpc/connect";
import { describe, expect, test } from "vitest";
import { ThreadService } from "../../gen/skein/v1/thread_service_pb.ts";
import { grpcClient } from "./grpc-client.ts";
import { rpcDoor, start, transports } from "./harness.ts";

const forever = new Promise<never>(() => {});
const { spans, threadsQuery } = ThreadService.method;

/** A door that never answers, whatever its signal says, and tells when its signal aborts. */
function hangingDoor() {
  const { promise: aborted, resolve } = Promise.withResolvers<unknown>();
  const door = rpcDoor({
    spans(_request, { signal }) {
      signal.addEventListener("abort", () => resolve(signal.reason));
      return forever;
    },
    async *threadsQuery(_request, { signal }) {
      signal.addEventListener("abort", () => resolve(signal.reason));
      yield {};
      await forever;
    },
  });
  return { door, aborted };
}

async function drain(messages: AsyncIterable<unknown>): Promise<number> {
  let count = 0;
  for await (const _ of messages) count += 1;
  return count;
}

describe.each(Object.entries(transports))("the server's own limit over %s", (_name, transport) => {
  test("ends a unary call", async () => {
    const { door, aborted } = hangingDoor();
    const { url } = await start({ doors: [door], config: { requestTimeout: 50 } });
    const call = createClient(ThreadService, transport(url)).spans({});
    await expect(call).rejects.toMatchObject({ code: Code.DeadlineExceeded });
    expect(await aborted).toBeInstanceOf(ConnectError);
  });

  test("ends a stream that stands still", async () => {
    const { door, aborted } = hangingDoor();
    const { url } = await start({ doors: [door], config: { requestTimeout: 50 } });
    const call = drain(createClient(ThreadService, transport(url)).threadsQuery({}));
    await expect(call).rejects.toMatchObject({ code: Code.DeadlineExceeded });
    expect(await aborted).toBeInstanceOf(ConnectError);
  });

  test("spares a stream that moves", async () => {
    const pause = () => new Promise((resolve) => setTimeout(resolve, 200));
    const door = rpcDoor({
      async *threadsQuery() {
        for (let message = 0; message < 4; message++) {
          await pause();
          yield {};
        }
      },
    });
    const { url } = await start({ doors: [door], config: { requestTimeout: 600 } });
    expect(await drain(createClient(ThreadService, transport(url)).threadsQuery({}))).toBe(4);
  });
});

test("a handler is released when its client stops reading", async () => {
  const { promise: ended, resolve } = Promise.withResolvers<void>();
  const door = rpcDoor({
    async *threadsQuery() {
      try {
        while (true) yield { nextPageToken: "x".repeat(1_000_000) };
      } finally {
        resolve();
      }
    },
  });
  const { url, close } = await start({ doors: [door], config: { requestTimeout: 100, shutdownGrace: 100 } });
  const response = await fetch(`${url}/skein.v1.ThreadService/ThreadsQuery`, {
    method: "POST",
    headers: { "content-type": "application/connect+json" },
    body: Uint8Array.of(0, 0, 0, 0, 2, 0x7b, 0x7d),
  });
  expect(response.status).toBe(200);
  await ended;
  await close();
});

describe("the caller's deadline", () => {
  test.each([spans, threadsQuery])(
    "ends $name with grpc-js, although the handler does not heed it",
    async (method) => {
      const { door, aborted } = hangingDoor();
      const { port } = await start({ doors: [door] });
      expect(await grpcClient(port).call(method, {}, 1_000)).toMatchObject({ code: Code.DeadlineExceeded });
      expect(await aborted).toBeInstanceOf(Error);
    },
  );

  test("is answered by the server itself", async () => {
    const { url } = await start({ doors: [hangingDoor().door] });
    const response = await fetch(`${url}/skein.v1.ThreadService/Spans`, {
      method: "POST",
      headers: { "content-type": "application/json", "connect-timeout-ms": "50" },
      body: "{}",
    });
    expect(await response.json()).toMatchObject({ code: "deadline_exceeded" });
  });

  test("wins over the server's limit in a unary call", async () => {
    // Long enough for a busy machine to bring the bodies of the requests, for which the server's limit holds, too.
    const limit = 1_000;
    const door = rpcDoor({ spans: () => new Promise((resolve) => setTimeout(resolve, limit + 200, {})) });
    const { url } = await start({ doors: [door], config: { requestTimeout: limit } });
    const clients = Object.values(transports).map((transport) => createClient(ThreadService, transport(url)));
    await Promise.all(clients.map((client) => client.spans({}, { timeoutMs: 60_000 })));
  });

  test.each([
    ["grpc-timeout", "99999999H"],
    ["grpc-timeout", "9999999S"],
    ["connect-timeout-ms", "9999999999"],
  ])("may be as far away as %s: %s", async (name, value) => {
    const door = rpcDoor({ spans: () => new Promise((resolve) => setImmediate(resolve, {})) });
    const { url } = await start({ doors: [door] });
    const response = await fetch(`${url}/skein.v1.ThreadService/Spans`, {
      method: "POST",
      headers: {
        "content-type": name === "grpc-timeout" ? "application/grpc-web+json" : "application/json",
        [name]: value,
      },
      body: name === "grpc-timeout" ? Uint8Array.of(0, 0, 0, 0, 2, 0x7b, 0x7d) : "{}",
    });
    const body = await response.text();
    expect(body).not.toMatch(/deadline|grpc-status: 4/);
    expect(response.status).toBe(200);
  });
});
