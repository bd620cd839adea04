import { type MessageInitShape, toJson } from "@bufbuild/protobuf";
import { type Client, Code, ConnectError, createClient } from "@connectrpc/connect";
import { describe, expect, onTestFinished, test } from "vitest";
import {
  ListMessagesResponseSchema,
  type MessageSchema,
  TranscriptEnd,
} from "../../../gen/skein/v1/chat_pb.ts";
import { ThreadService } from "../../../gen/skein/v1/thread_service_pb.ts";
import { threadServiceDoor } from "../../../src/doors/rpc/thread-service.ts";
import { grpcClient } from "../../server/grpc-client.ts";
import { PROJECT } from "../../store/builders.ts";
import { makeKey } from "../../store/make-key.ts";
import { createNaiveStore } from "../../store/naive-store.ts";
import { openTemporaryStore } from "../../store/temporary-store.ts";
import { serve } from "../serve.ts";
import { connect, PROTOCOLS, type Protocol } from "./client.ts";
import { HOSTILE } from "./double.ts";

type Rpc = Client<typeof ThreadService>;
type MessageInit = MessageInitShape<typeof MessageSchema>;

const A = { projectId: PROJECT, threadId: "a" };
const { OLDEST, NEWEST, UNSPECIFIED } = TranscriptEnd;

async function open(protocol: Protocol = "gRPC") {
  const { store, close } = await openTemporaryStore();
  onTestFinished(close);
  const client = await connect(store, protocol);
  await client.createChatThread(A);
  return client;
}

const append = (client: Rpc, messages: MessageInit[]) => client.appendMessages({ ...A, messages });

/** The ids of a stretch of the transcript. */
const numbers = (from: number, to: number) =>
  Array.from({ length: Math.max(0, to - from) }, (_, index) => `m${from + index}`);

test.each(Object.keys(PROTOCOLS) as Protocol[])(
  "messages come back as they went in (%s)",
  async (protocol) => {
    const client = await open(protocol);
    const messageJson =
      '{"role":"ai","content":[{"type":"text","text":"There"}],"n":9007199254740993,"__proto__":1.0}';
    const { thread, messageIds } = await append(client, [
      { messageId: "m0", role: "human", text: "Where?", createdAt: { seconds: 100n, nanos: 500_000_000 } },
      {
        messageId: "m1",
        role: "ai",
        messageJson,
        createdAt: { seconds: 102n },
        agent: "finder",
        model: "gpt-5.1",
        inputTokens: 30n,
        outputTokens: 7n,
      },
      { messageId: "m2", role: "tool", text: "t", messageJson: "{}", responseTimeMs: 0.5 },
    ]);
    expect(messageIds).toEqual(["m0", "m1", "m2"]);
    expect(thread).toMatchObject({
      messageCount: 3n,
      userMessageCount: 1n,
      assistantMessageCount: 1n,
      totalTokens: 37n,
      averageResponseTimeMs: 1500,
      agent: "finder",
      model: "gpt-5.1",
      title: "Where?",
      lastMessagePreview: "t",
      participants: ["user", "finder"],
      revision: 2n,
    });
    expect(toJson(ListMessagesResponseSchema, await client.listMessages(A))).toEqual({
      messages: [
        {
          messageId: "m0",
          role: "user",
          text: "Where?",
          messageJson: '{"role":"user","content":"Where?"}',
          createdAt: "1970-01-01T00:01:40.500Z",
        },
        {
          messageId: "m1",
          role: "assistant",
          text: "There",
          messageJson,
          createdAt: "1970-01-01T00:01:42Z",
          agent: "finder",
          model: "gpt-5.1",
          inputTokens: "30",
          outputTokens: "7",
          responseTimeMs: 1500,
        },
        {
          messageId: "m2",
          role: "tool",
          text: "t",
          messageJson: "{}",
          createdAt: "2026-08-20T00:00:00.250Z",
          responseTimeMs: 0.5,
        },
      ],
      total: "3",
    });
  },
);

describe("a transcript of 250 messages", () => {
  async function long() {
    const client = await open();
    for (const first of [0, 100, 200]) {
      const ids = numbers(first, Math.min(250, first + 100));
      await append(
        client,
        ids.map((messageId) => ({ messageId, role: "user", text: messageId })),
      );
    }
    return client;
  }

  const ids = ({ messages }: { messages: { messageId: string }[] }) =>
    messages.map(({ messageId }) => messageId);

  test("is read forwards and backwards, a stretch at a time", async () => {
    const client = await long();
    for (const limit of [1000, 120, 7]) {
      for (const from of [UNSPECIFIED, OLDEST, NEWEST]) {
        const read: string[][] = [];
        let pageToken = "";
        do {
          const stretch = await client.listMessages({ ...A, from, limit, pageToken });
          expect(stretch.total).toBe(250n);
          read.push(ids(stretch));
          pageToken = stretch.nextPageToken;
        } while (pageToken);
        expect((from === NEWEST ? read.toReversed() : read).flat()).toEqual(numbers(0, 250));
        expect(read.slice(0, -1).every(({ length }) => length === limit)).toBe(true);
      }
    }
  });

  test("is stepped over by an offset, from either end or from a token", async () => {
    const client = await long();
    const from = async (question: object) => ids(await client.listMessages({ ...A, ...question }));
    expect(await from({})).toEqual(numbers(0, 10));
    expect(await from({ from: OLDEST, offset: 245 })).toEqual(numbers(245, 250));
    expect(await from({ from: NEWEST, offset: 245 })).toEqual(numbers(0, 5));
    expect(await from({ from: NEWEST, offset: 4_294_967_295 })).toEqual([]);
    const { nextPageToken: pageToken } = await client.listMessages({ ...A, from: NEWEST, limit: 3 });
    expect(await from({ from: NEWEST, limit: 2, offset: 1, pageToken })).toEqual(numbers(244, 246));
    const refused = client.listMessages({ ...A, from: OLDEST, pageToken });
    await expect(refused).rejects.toMatchObject({ code: Code.InvalidArgument });
  });

  test("may grow while it is read: what was read stays read", async () => {
    const client = await long();
    const first = await client.listMessages({ ...A, from: NEWEST, limit: 10 });
    await append(client, [{ messageId: "new", role: "user", text: "x" }]);
    const next = await client.listMessages({ ...A, from: NEWEST, limit: 10, pageToken: first.nextPageToken });
    expect([...ids(next), ...ids(first)]).toEqual(numbers(230, 250));
  });
});

test.each(["grpc-js", ...(["gRPC", "Connect JSON"] satisfies Protocol[])])(
  "one message that many calls append at once is one message (%s)",
  async (client) => {
    const { store, close } = await openTemporaryStore();
    onTestFinished(close);
    const url = await serve(threadServiceDoor, store);
    const reader = createClient(ThreadService, PROTOCOLS.gRPC(url));
    await reader.createChatThread(A);
    const { call } = grpcClient(Number(new URL(url).port));
    const writer = createClient(
      ThreadService,
      PROTOCOLS[client === "grpc-js" ? "gRPC" : (client as Protocol)](url),
    );
    const request = (index: number) => ({
      ...A,
      messages: [
        { messageId: "same", role: "user", text: "once", inputTokens: 3n },
        { messageId: `own ${index}`, role: "assistant", text: "each", outputTokens: 1n },
      ],
    });
    const answers = await Promise.all(
      Array.from({ length: 100 }, async (_, index) =>
        client === "grpc-js"
          ? (
              (await call(ThreadService.method.appendMessages, request(index))) as { messageIds: string[] }[]
            )[0]
          : writer.appendMessages(request(index)),
      ),
    );
    expect(answers.map((answer) => answer?.messageIds)).toEqual(
      Array.from({ length: 100 }, (_, index) => ["same", `own ${index}`]),
    );
    const { threads, totals } = await reader.listChatThreads({ projectId: PROJECT });
    expect(threads).toMatchObject([
      {
        messageCount: 101n,
        userMessageCount: 1n,
        assistantMessageCount: 100n,
        totalTokens: 103n,
        revision: 101n,
      },
    ]);
    expect(totals).toMatchObject({ threads: 1n, messages: 101n, tokens: 103n });
  },
);

test("a read-only thread refuses messages", async () => {
  const client = await open();
  await client.updateChatThread({ ...A, readOnly: true });
  const error = await append(client, [{ role: "user", text: "x" }]).catch(ConnectError.from);
  expect(error).toMatchObject({ code: Code.FailedPrecondition, rawMessage: "Thread with ID a is read-only" });
});

test("an unknown thread has no transcript", async () => {
  const client = await open();
  const nowhere = { projectId: PROJECT, threadId: "none" };
  for (const call of [
    () => client.listMessages(nowhere),
    () => client.appendMessages({ ...nowhere, messages: [{ role: "user" }] }),
  ]) {
    expect(await call().catch(ConnectError.from)).toMatchObject({ code: Code.NotFound });
  }
});

describe("what is refused", () => {
  test.each<[string, MessageInit[]]>([
    ["messages: are 0, from 1 to 100 are allowed", []],
    ["messages: are 101, from 1 to 100 are allowed", Array(101).fill({ role: "user" })],
    ["messages.1.role: is required", [{ role: "user" }, {}]],
    ["messages.0.input_tokens: must be at most 9007199254740991", [{ role: "user", inputTokens: 2n ** 53n }]],
    [
      "messages.0.response_time_ms: must be a number of at least 0",
      [{ role: "user", responseTimeMs: Infinity }],
    ],
    ["messages.0.response_time_ms: must be a number of at least 0", [{ role: "user", responseTimeMs: -1 }]],
    ["messages.0.created_at: must lie between", [{ role: "user", createdAt: { seconds: 1n << 40n } }]],
    ...HOSTILE.map(([, messageJson]): [string, MessageInit[]] => [
      "messages.0.message_json: ",
      [{ role: "user", messageJson }],
    ]),
  ])("%s", async (reason, messages) => {
    const client = await connect(createNaiveStore("second"));
    await client.createChatThread(A);
    const error = await append(client, messages).catch(ConnectError.from);
    expect(error).toMatchObject({ code: Code.InvalidArgument });
    expect((error as ConnectError).message).toContain(reason);
    expect((await client.listMessages(A)).total).toBe(0n);
  });

  test.each(["x", Buffer.from('["",[0]]').toString("base64url")])("the page token %s", async (pageToken) => {
    const client = await open();
    const error = await client.listMessages({ ...A, pageToken }).catch(ConnectError.from);
    expect(error).toMatchObject({ code: Code.InvalidArgument });
  });

  test("a stretch over the limit, with the way", async () => {
    const { store, close } = await openTemporaryStore();
    onTestFinished(close);
    const url = await serve(threadServiceDoor, store, { rpcBytes: 10_000 });
    const { call } = grpcClient(Number(new URL(url).port));
    const { method } = ThreadService;
    await call(method.createChatThread, A);
    const text = "x".repeat(2000);
    for (let i = 0; i < 4; i++) {
      expect(await call(method.appendMessages, { ...A, messages: [{ role: "user", text }] })).toHaveLength(1);
    }
    expect(await call(method.listMessages, A)).toMatchObject({
      code: Code.ResourceExhausted,
      details: expect.stringContaining("set a smaller limit and go on with page_token"),
    });
    expect(await call(method.listMessages, { ...A, limit: 2 })).toHaveLength(1);
  });
});

test("a key that reads reads transcripts, and writes none; who writes is known by the key", async () => {
  const store = createNaiveStore("second");
  const reads = await makeKey(store, { name: "reads", role: "read" });
  const writes = await makeKey(store, { name: "writes" });
  const client = await connect(store);
  const as = (key: string) => ({ headers: { "x-api-key": key } });
  const { thread } = await client.createChatThread(A, as(writes));
  expect(thread).toMatchObject({ createdBy: "writes", modifiedBy: "writes" });
  const messages = [{ role: "user", text: "x" }];
  expect((await client.appendMessages({ ...A, messages }, as(writes))).thread?.modifiedBy).toBe("writes");
  expect((await client.listMessages(A, as(reads))).total).toBe(1n);
  expect((await client.listChatThreads({ projectId: PROJECT }, as(reads))).threads).toHaveLength(1);
  expect((await client.getChatThread(A, as(reads))).thread?.threadId).toBe("a");
  for (const call of [
    () => client.createChatThread({ ...A, threadId: "b" }, as(reads)),
    () => client.updateChatThread(A, as(reads)),
    () => client.appendMessages({ ...A, messages }, as(reads)),
  ]) {
    expect(await call().catch(ConnectError.from)).toMatchObject({ code: Code.PermissionDenied });
  }
});
