import { create, toJson } from "@bufbuild/protobuf";
import { Code, createClient } from "@connectrpc/connect";
import { createConnectTransport } from "@connectrpc/connect-node";
import { describe, expect, test } from "vitest";
import { SpansRequestSchema } from "../../gen/skein/v1/span_pb.ts";
import { ThreadService } from "../../gen/skein/v1/thread_service_pb.ts";
import { bufCurl } from "./buf-curl.ts";
import { grpcClient } from "./grpc-client.ts";
import { echoDoor, start, transports } from "./harness.ts";

describe.each(Object.entries(transports))("%s", (_name, transport) => {
  test("answers unary calls and streams", async () => {
    const { url } = await start({ doors: [echoDoor] });
    const client = createClient(ThreadService, transport(url));
    const { conversations } = await client.spans({ conversationIds: ["a", "ä"] });
    expect(conversations.map(({ conversationId }) => conversationId)).toEqual(["a", "ä"]);
    const threads: string[] = [];
    for await (const message of client.threadsQuery({ limit: 1000 })) {
      threads.push(...message.threads.map(({ threadId }) => threadId));
    }
    expect(threads).toHaveLength(1000);
    expect(threads.at(-1)).toBe("t1000");
  });
});

test("grpc-js is answered", async () => {
  const { port } = await start({ doors: [echoDoor] });
  const { call } = grpcClient(port);
  const spans = await call(ThreadService.method.spans, { conversationIds: ["x"] });
  expect(spans).toMatchObject([{ conversations: [{ conversationId: "x" }] }]);
  expect(await call(ThreadService.method.threadsQuery, { limit: 1000 })).toHaveLength(1000);
});

test("an unknown RPC is UNIMPLEMENTED", async () => {
  const { port } = await start();
  expect(await grpcClient(port).call(ThreadService.method.spans, {})).toMatchObject({
    code: Code.Unimplemented,
  });
});

describe("Connect GET", () => {
  test("answers calls without side effects", async () => {
    const { url } = await start({ doors: [echoDoor] });
    const transport = createConnectTransport({ baseUrl: url, httpVersion: "1.1", useHttpGet: true });
    const { conversations } = await createClient(ThreadService, transport).spans({ conversationIds: ["a"] });
    expect(conversations).toHaveLength(1);
    const message = encodeURIComponent(JSON.stringify({ conversationIds: ["b"] }));
    const path = `${url}/skein.v1.ThreadService/Spans?connect=v1&encoding=json&message=${message}`;
    const response = await fetch(path);
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({ conversations: [{ conversationId: "b" }] });
  });

  test("refuses calls with side effects, and messages that are no base64", async () => {
    const { url } = await start({ doors: [echoDoor] });
    const feedback = await fetch(
      `${url}/skein.v1.ThreadService/CreateFeedback?connect=v1&encoding=json&message={}`,
    );
    expect(feedback.status).toBe(405);
    const garbled = await fetch(`${url}/skein.v1.ThreadService/Spans?encoding=proto&base64=1&message=*`);
    expect(garbled.status).toBe(400);
    expect(await garbled.json()).toMatchObject({ code: "invalid_argument" });
  });
});

test("a plain JSON POST is a Connect call", async () => {
  const { url } = await start({ doors: [echoDoor] });
  const response = await fetch(`${url}/skein.v1.ThreadService/Spans`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(toJson(SpansRequestSchema, create(SpansRequestSchema, { conversationIds: ["a"] }))),
  });
  expect(await response.json()).toMatchObject({
    conversations: [{ spans: [{ spanId: "a", durationMs: "5" }] }],
  });
});

test.each(["grpc", "grpcweb", "connect"])("buf curl speaks %s, by reflection", async (protocol) => {
  const { url } = await start({ doors: [echoDoor] });
  const unary = await bufCurl(protocol, `${url}/skein.v1.ThreadService/Spans`, { conversationIds: ["a"] });
  expect(JSON.parse(unary)).toMatchObject({ conversations: [{ conversationId: "a" }] });
  const stream = await bufCurl(protocol, `${url}/skein.v1.ThreadService/ThreadsQuery`, { limit: 2 });
  expect(stream).toMatch(/t1.*t2/s);
});
