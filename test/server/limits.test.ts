import { gzipSync } from "node:zlib";
import { create, toBinary } from "@bufbuild/protobuf";
import { Code, createClient } from "@connectrpc/connect";
import { compressionGzip, createGrpcTransport } from "@connectrpc/connect-node";
import { describe, expect, test } from "vitest";
import { SpansRequestSchema } from "../../gen/skein/v1/span_pb.ts";
import { ThreadService } from "../../gen/skein/v1/thread_service_pb.ts";
import { grpcClient } from "./grpc-client.ts";
import { echoDoor, rpcDoor, start, transports } from "./harness.ts";

const limit = 10_000;
const { spans, streamSpans } = ThreadService.method;
const id = (length: number) => "x".repeat(length);

describe("messages over the RPC limit are RESOURCE_EXHAUSTED", () => {
  test("a request", async () => {
    const { port } = await start({ doors: [echoDoor], config: { rpcLimit: limit } });
    const { call } = grpcClient(port);
    expect(await call(spans, { conversationIds: [id(limit)] })).toMatchObject({
      code: Code.ResourceExhausted,
    });
    expect(await call(spans, { projectId: id(limit - 10) })).toHaveLength(1);
  });

  test("a compressed request that grows over it", async () => {
    const { url } = await start({ doors: [echoDoor], config: { rpcLimit: limit } });
    const message = toBinary(SpansRequestSchema, create(SpansRequestSchema, { projectId: id(limit) }));
    const response = await fetch(`${url}/skein.v1.ThreadService/Spans`, {
      method: "POST",
      headers: { "content-type": "application/proto", "content-encoding": "gzip" },
      body: gzipSync(message),
    });
    expect(response.status).toBe(429);
    expect(await response.json()).toMatchObject({ code: "resource_exhausted" });
  });

  test("an answer", async () => {
    const { port } = await start({ doors: [echoDoor], config: { rpcLimit: limit } });
    const { call } = grpcClient(port);
    const conversationIds = [id(limit / 2)];
    expect(await call(spans, { conversationIds })).toMatchObject({ code: Code.ResourceExhausted });
  });

  test("an answer in a stream", async () => {
    const { port } = await start({ doors: [echoDoor], config: { rpcLimit: limit } });
    const { call } = grpcClient(port);
    const query = { conversationIds: ["a", id(limit / 2)] };
    expect(await call(streamSpans, { query })).toMatchObject({ code: Code.ResourceExhausted });
  });
});

describe("compression", () => {
  test("a compressed request is read, and a stream of small messages is not compressed", async () => {
    const { url } = await start({ doors: [echoDoor] });
    const transport = createGrpcTransport({
      baseUrl: url,
      sendCompression: compressionGzip,
      compressMinBytes: 1,
      acceptCompression: [{ ...compressionGzip, decompress: () => Promise.reject(new Error("compressed")) }],
    });
    const client = createClient(ThreadService, transport);
    const ids: string[] = [];
    for await (const { conversations } of client.streamSpans({
      query: { conversationIds: [id(5000), "b"] },
    })) {
      ids.push(...conversations.map(({ conversationId }) => conversationId));
    }
    expect(ids).toEqual([id(5000), "b"]);
  });

  test("a large answer is compressed for a client that wants it", async () => {
    const { url } = await start({ doors: [echoDoor] });
    const response = await fetch(`${url}/skein.v1.ThreadService/Spans`, {
      method: "POST",
      headers: { "content-type": "application/json", "accept-encoding": "gzip" },
      body: JSON.stringify({ conversationIds: [id(1_100_000)] }),
    });
    expect(response.headers.get("content-encoding")).toBe("gzip");
    expect(await response.json()).toMatchObject({ conversations: [{ conversationId: id(1_100_000) }] });
  });
});

test("a client that hangs up in the middle of a stream is no error, and its handler ends", async () => {
  const printed: unknown[] = [];
  const { error } = console;
  console.error = (...parts: unknown[]) => printed.push(parts);
  try {
    for (const transport of Object.values(transports)) {
      const { promise: ended, resolve } = Promise.withResolvers<void>();
      const door = rpcDoor({
        async *threadsQuery() {
          try {
            while (true) yield { nextPageToken: id(500_000) };
          } finally {
            resolve();
          }
        },
      });
      const { url, log, close } = await start({ doors: [door] });
      const hangUp = new AbortController();
      const stream = createClient(ThreadService, transport(url)).threadsQuery({}, { signal: hangUp.signal });
      await expect(
        (async () => {
          for await (const message of stream) if (message.nextPageToken) hangUp.abort();
        })(),
      ).rejects.toMatchObject({ code: Code.Canceled });
      await ended;
      await close();
      expect(log.filter((line) => JSON.parse(line).level >= 50)).toEqual([]);
    }
  } finally {
    console.error = error;
  }
  expect(printed).toEqual([]);
});
