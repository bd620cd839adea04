import { type MessageInitShape, toJson } from "@bufbuild/protobuf";
import { type Client, Code, ConnectError } from "@connectrpc/connect";
import { describe, expect, onTestFinished, test } from "vitest";
import {
  ChatThreadSchema,
  type ListChatThreadsRequestSchema,
  ListChatThreadsResponseSchema,
} from "../../../gen/skein/v1/chat_pb.ts";
import { ThreadService } from "../../../gen/skein/v1/thread_service_pb.ts";
import { threadServiceDoor } from "../../../src/doors/rpc/thread-service.ts";
import { isUuid } from "../../../src/model/base/uuid.ts";
import type { Store } from "../../../src/store/store.ts";
import { grpcClient } from "../../server/grpc-client.ts";
import { PROJECT, span } from "../../store/builders.ts";
import { createNaiveStore } from "../../store/naive-store.ts";
import { openTemporaryStore } from "../../store/temporary-store.ts";
import { NOW, serve } from "../serve.ts";
import { connect, PROTOCOLS, type Protocol } from "./client.ts";
import { EXACT, HOSTILE } from "./double.ts";

type Question = MessageInitShape<typeof ListChatThreadsRequestSchema>;
type Rpc = Client<typeof ThreadService>;

const A = { projectId: PROJECT, threadId: "a/é" };
const now = "2026-08-20T00:00:00.250Z";

const stores: Record<string, () => Promise<Store>> = {
  "the naive store": async () => createNaiveStore("second"),
  SQLite: async () => {
    const { store, close } = await openTemporaryStore();
    onTestFinished(close);
    return store;
  },
};

/** The ids of the chats of all pages, as many a page as it says. */
async function listed(client: Rpc, question: Question): Promise<string[]> {
  const ids: string[] = [];
  let pageToken = "";
  do {
    const page = await client.listChatThreads({ projectId: PROJECT, ...question, pageToken });
    ids.push(...page.threads.map(({ threadId }) => threadId));
    pageToken = page.nextPageToken;
  } while (pageToken);
  return ids;
}

describe.each(Object.entries(stores))("over %s", (_name, open) => {
  test.each(Object.keys(PROTOCOLS) as Protocol[])("a chat lives and goes (%s)", async (protocol) => {
    const client = await connect(await open(), protocol);
    const { thread: created } = await client.createChatThread({
      ...A,
      projectType: "support",
      tags: ["x", "é"],
      documentsJson: EXACT,
      messages: [{ role: "human", text: "Where is my order?", inputTokens: 3n }],
    });
    const bare = {
      threadId: "a/é",
      projectType: "support",
      title: "Where is my order?",
      createdAt: now,
      modifiedAt: now,
      messageCount: "1",
      userMessageCount: "1",
      totalTokens: "3",
      lastMessageAt: now,
      lastMessagePreview: "Where is my order?",
      participants: ["user"],
      tags: ["x", "é"],
      revision: "1",
    };
    expect(toJson(ChatThreadSchema, created!)).toEqual(bare);
    const again = await client.createChatThread(A).catch(ConnectError.from);
    expect(again).toMatchObject({ code: Code.AlreadyExists });

    const { thread: got } = await client.getChatThread(A);
    expect(toJson(ChatThreadSchema, got!)).toEqual({ ...bare, documentsJson: EXACT });

    const { thread: updated } = await client.updateChatThread({
      ...A,
      title: "Order",
      tags: { tags: [] },
      archived: true,
      pinned: true,
      readOnly: true,
      documentsJson: '{"z":2.50,"summary":"s"}',
    });
    const changed = {
      ...bare,
      title: "Order",
      tags: undefined,
      archived: true,
      pinned: true,
      readOnly: true,
      revision: "2",
    };
    expect(toJson(ChatThreadSchema, updated!)).toEqual(JSON.parse(JSON.stringify(changed)));
    expect((await client.getChatThread(A)).thread?.documentsJson).toBe(
      `${EXACT.replace('"z":1', '"z":2.50').slice(0, -1)},"summary":"s"}`,
    );
    const untouched = await client.updateChatThread({ ...A, readOnly: false, title: "" });
    expect(untouched.thread).toMatchObject({ title: "Where is my order?", archived: true, pinned: true });

    const ofType = await client.listChatThreads({ projectId: PROJECT, projectType: "support" });
    expect(toJson(ListChatThreadsResponseSchema, ofType)).toMatchObject({
      threads: [{ threadId: "a/é", revision: "3" }],
      totals: { threads: "1", archived: "1", messages: "1", tokens: "3" },
    });
    expect((await client.listChatThreads({ projectId: PROJECT })).threads).toEqual([]);
    expect((await client.deleteThread(A)).deletedMessages).toBe(1n);
    const gone = await client.getChatThread(A).catch(ConnectError.from);
    expect(gone).toMatchObject({ code: Code.NotFound });
  });

  test("chats are found by what is asked of them, a page at a time", async () => {
    const client = await connect(await open());
    const create = (threadId: string, title: string, tags: string[] = []) =>
      client.createChatThread({
        projectId: PROJECT,
        threadId,
        title,
        tags,
        documentsJson: '{"summary":"s"}',
      });
    await create("a", "Returns of ÄPFEL", ["x", "y"]);
    await create("b", "Orders", ["x"]);
    await create("c", "More returns");
    await create("d", "", ["y"]);
    await client.updateChatThread({ projectId: PROJECT, threadId: "b", archived: true, pinned: true });
    await client.updateChatThread({ projectId: PROJECT, threadId: "c", pinned: true });
    await client.appendMessages({
      projectId: PROJECT,
      threadId: "a",
      messages: [{ role: "user", text: "x", createdAt: { seconds: BigInt(NOW) / 1_000_000n + 5n } }],
    });
    for (const limit of [1, 2, 1000]) {
      expect(await listed(client, { limit })).toEqual(["a", "d", "c", "b"]);
      expect(await listed(client, { limit, archived: true })).toEqual(["b"]);
      expect(await listed(client, { limit, archived: false })).toEqual(["a", "d", "c"]);
      expect(await listed(client, { limit, pinned: true })).toEqual(["c", "b"]);
      expect(await listed(client, { limit, pinned: true, archived: false })).toEqual(["c"]);
      expect(await listed(client, { limit, tags: ["y"] })).toEqual(["a", "d"]);
      expect(await listed(client, { limit, tags: ["y", "x"] })).toEqual(["a"]);
      expect(await listed(client, { limit, title: "RETURNS" })).toEqual(["a", "c"]);
      expect(await listed(client, { limit, title: "äpfel", tags: ["x"] })).toEqual(["a"]);
    }
    const { threads, totals } = await client.listChatThreads({ projectId: PROJECT, tags: ["none"] });
    expect([threads, totals]).toMatchObject([[], { threads: 4n, archived: 1n, messages: 1n }]);
    const [bare] = (await client.listChatThreads({ projectId: PROJECT, limit: 1 })).threads;
    expect(bare?.documentsJson).toBeUndefined();
    const whole = await client.listChatThreads({ projectId: PROJECT, limit: 1, includeDocuments: true });
    expect(whole.threads[0]?.documentsJson).toBe('{"summary":"s"}');
  });

  test("a page token is of its question alone", async () => {
    const client = await connect(await open());
    for (const threadId of ["a", "b"]) await client.createChatThread({ projectId: PROJECT, threadId });
    const { nextPageToken: pageToken } = await client.listChatThreads({ projectId: PROJECT, limit: 1 });
    expect((await client.listChatThreads({ projectId: PROJECT, limit: 5, pageToken })).threads).toHaveLength(
      1,
    );
    for (const question of [{ projectId: "other" }, { archived: false }, { tags: ["x"] }, { title: "x" }]) {
      const refused = client.listChatThreads({ projectId: PROJECT, ...question, pageToken });
      await expect(refused).rejects.toMatchObject({ code: Code.InvalidArgument });
    }
    const other = client.listMessages({ projectId: PROJECT, threadId: "a", pageToken });
    await expect(other).rejects.toMatchObject({ code: Code.InvalidArgument });
  });

  test("threads that traces made are chats", async () => {
    const store = await open();
    const client = await connect(store);
    await store.writeSpans([span({ thread: "traced", inputTokens: 30 })]);
    expect((await client.getChatThread({ projectId: PROJECT, threadId: "traced" })).thread).toMatchObject({
      totalTokens: 30n,
      projectType: "general",
      revision: 1n,
    });
    const { thread } = await client.updateChatThread({ projectId: PROJECT, threadId: "traced", title: "T" });
    expect(thread).toMatchObject({ title: "T", revision: 2n });
  });
});

test("a chat without an id gets one", async () => {
  const client = await connect(createNaiveStore("second"));
  const { thread } = await client.createChatThread({ projectId: PROJECT });
  expect(isUuid(thread!.threadId)).toBe(true);
});

describe("what is refused", () => {
  test.each(HOSTILE)("documents that are %s", async (_what, documentsJson, reason) => {
    const client = await connect(createNaiveStore("second"));
    await client.createChatThread({ projectId: PROJECT, threadId: "b" });
    for (const call of [
      () => client.createChatThread({ ...A, documentsJson }),
      () => client.updateChatThread({ projectId: PROJECT, threadId: "b", documentsJson }),
    ]) {
      const error = await call().catch(ConnectError.from);
      expect(error).toMatchObject({ code: Code.InvalidArgument });
      expect((error as ConnectError).message).toMatch(reason);
    }
  });

  test.each<[string, (client: Rpc) => Promise<unknown>]>([
    [
      "documents_json.settings.temperature: Input should be less than or equal to 2",
      (client) => client.createChatThread({ ...A, documentsJson: '{"settings":{"temperature":2.5}}' }),
    ],
    [
      "documents_json.relatedThreads.1: Input should be a valid string",
      (client) => client.updateChatThread({ ...A, documentsJson: '{"relatedThreads":["a",1]}' }),
    ],
    ["project_type: must be at most 50", (client) => client.createChatThread({ ...A, projectType: "a b" })],
    ["project_type: must be at most 50", (client) => client.listChatThreads({ projectType: "x".repeat(51) })],
    ["thread_id: is required", (client) => client.updateChatThread({ projectId: PROJECT })],
    ["thread_id: is required", (client) => client.getChatThread({ projectId: PROJECT })],
    ["limit: must be from 1 to 1000", (client) => client.listChatThreads({ limit: 0 })],
    ["tags: are 101, at most 100", (client) => client.listChatThreads({ tags: Array(101).fill("x") })],
    ["page_token: is not a page token", (client) => client.listChatThreads({ pageToken: "x" })],
  ])("%s", async (reason, call) => {
    const error = await call(await connect(createNaiveStore("second"))).catch(ConnectError.from);
    expect(error).toMatchObject({ code: Code.InvalidArgument });
    expect((error as ConnectError).message).toContain(reason);
  });

  test("a hundred tags are not too many for SQLite", async () => {
    const client = await connect(await stores.SQLite!());
    await client.createChatThread({ ...A, tags: Array.from({ length: 100 }, (_, index) => `t${index}`) });
    const tags = Array.from({ length: 100 }, (_, index) => `t${99 - index}`);
    expect(await listed(client, { tags })).toEqual(["a/é"]);
  });

  test("an answer over the limit names the way", async () => {
    const store = createNaiveStore("second");
    const url = await serve(threadServiceDoor, store, { rpcBytes: 10_000 });
    const { call } = grpcClient(Number(new URL(url).port));
    const { method } = ThreadService;
    const documentsJson = JSON.stringify({ description: "x".repeat(6000) });
    for (const threadId of ["a", "b"]) {
      expect(await call(method.createChatThread, { ...A, threadId, documentsJson })).toHaveLength(1);
    }
    const page = { projectId: PROJECT, includeDocuments: true };
    expect(await call(method.listChatThreads, page)).toMatchObject({
      code: Code.ResourceExhausted,
      details: expect.stringContaining("leave the documents out"),
    });
    expect(await call(method.listChatThreads, { ...page, limit: 1 })).toHaveLength(1);
    expect(await call(method.listChatThreads, { projectId: PROJECT })).toHaveLength(1);
    await call(method.updateChatThread, {
      ...A,
      threadId: "a",
      documentsJson: JSON.stringify({ summary: "x".repeat(6000) }),
    });
    expect(await call(method.getChatThread, { ...A, threadId: "a" })).toMatchObject({
      code: Code.ResourceExhausted,
      details: expect.stringContaining("ListChatThreads"),
    });
  });
});
