import { expect, test } from "vitest";
import { feedback, span } from "../../store/builders.ts";
import { createNaiveStore } from "../../store/naive-store.ts";
import { NOW } from "../serve.ts";
import { openDoor, type ThreadJson } from "./open.ts";

/** The documented keys of a thread, in their order, and of what the list says beside the threads. */
const THREAD_KEYS =
  `threadId title projectId createdAt messageCount tags uuid conversationId version schemaVersion owner
  createdBy modifiedBy userId sessionId modifiedAt lastAccessed lastMessageAt lastMessagePreview status isActive isArchived
  isPinned isReadonly description summary category customMetadata userMessageCount assistantMessageCount totalTokens
  averageResponseTimeMs qualityScore relevanceScore participants agentUsed modelUsed parentThreadId relatedThreads settings
  pinnedDocuments permissions errors warnings extra`.split(/\s+/);
const LIST_KEYS =
  `threads totalCount projectId status message page pageSize totalPages hasNext hasPrevious filterTags
  filterStatus searchQuery sortBy sortOrder activeThreadCount archivedThreadCount totalMessages totalTokens queryDurationMs
  cacheHit cacheAgeSeconds requestId userId sessionId traceId correlationId apiVersion serverVersion clientVersion timestamp
  lastUpdated errors warnings environment region customMetadata deprecationNotice migrationGuide extra`.split(
    /\s+/,
  );

const ids = (threads: ThreadJson[]) => threads.map(({ threadId }) => threadId);

test("a list of nothing has every documented key", async () => {
  const { list } = await openDoor();
  const answer = await list();
  expect(Object.keys(answer)).toEqual(LIST_KEYS);
  expect(answer).toEqual({
    ...Object.fromEntries(LIST_KEYS.map((key) => [key, null])),
    threads: [],
    totalCount: 0,
    projectId: "default",
    status: "success",
    page: 1,
    pageSize: 50,
    totalPages: 0,
    hasNext: false,
    hasPrevious: false,
    sortBy: "lastMessageAt",
    sortOrder: "desc",
    activeThreadCount: 0,
    archivedThreadCount: 0,
    totalMessages: 0,
    queryDurationMs: expect.any(Number),
    cacheHit: false,
    requestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
    apiVersion: "1",
    serverVersion: expect.stringMatching(/^\d+\.\d+\.\d+$/),
    timestamp: "2026-08-20T00:00:01.250000Z",
  });
});

test("a thread of which nothing is known has every documented key", async () => {
  const { create, list } = await openDoor();
  const thread = await create();
  expect(Object.keys(thread)).toEqual(THREAD_KEYS);
  const { threadId } = thread;
  const createdAt = "2026-08-20T00:00:01.250000Z";
  expect(thread).toEqual({
    ...Object.fromEntries(THREAD_KEYS.map((key) => [key, null])),
    threadId,
    uuid: threadId,
    conversationId: threadId,
    title: "New Chat",
    projectId: "default",
    createdAt,
    modifiedAt: createdAt,
    messageCount: 0,
    userMessageCount: 0,
    assistantMessageCount: 0,
    tags: [],
    participants: [],
    relatedThreads: [],
    pinnedDocuments: [],
    version: "1",
    schemaVersion: "1",
    status: "active",
    isActive: true,
    isArchived: false,
    isPinned: false,
    isReadonly: false,
  });
  expect((await list()).threads).toEqual([thread]);
});

test("a list says what its request said of itself", async () => {
  const { call } = await openDoor();
  const traceId = "4bf92f3577b34da6a3ce929d0e0e4736";
  const { json } = await call("GET", "/api/chat/threads", undefined, {
    traceparent: `00-${traceId}-00f067aa0ba902b7-01`,
    "x-request-id": "r-1",
    "x-correlation-id": "c-1",
  });
  expect(json).toMatchObject({ traceId, requestId: "r-1", correlationId: "c-1" });
  for (const traceparent of ["", "x", `00-${"0".repeat(32)}-00f067aa0ba902b7-01`, `00-${traceId}`]) {
    const answer = await call("GET", "/api/chat/threads", undefined, { traceparent });
    expect(answer.json).toMatchObject({ traceId: null });
  }
});

test("the latest message comes first, or else the latest thread; totals are of the project, not of the page", async () => {
  const { create, append, list, call } = await openDoor();
  const names = ["a", "b", "c", "d"];
  for (const threadId of names) await create({ threadId });
  await append("b", [
    { role: "user", content: "one" },
    { role: "assistant", content: "two", inputTokens: 5, outputTokens: 2 },
  ]);
  await call("PATCH", "/api/chat/threads/c", { isArchived: true });
  const first = await list("/api/chat/threads?limit=2");
  expect(ids(first.threads)).toEqual(["b", "d"]);
  expect(first).toMatchObject({
    totalCount: 4,
    pageSize: 2,
    totalPages: 2,
    hasNext: true,
    activeThreadCount: 3,
    archivedThreadCount: 1,
    totalMessages: 2,
    totalTokens: 7,
    lastUpdated: first.threads[0]?.lastMessageAt,
  });
  const all = await list("/api/chat/threads?limit=4");
  expect(ids(all.threads)).toEqual(["b", "d", "c", "a"]);
  expect(all).toMatchObject({ totalPages: 1, hasNext: false });
  expect(all.threads[2]).toMatchObject({ isArchived: true, isActive: false, status: "archived" });
});

test("a project is named by the query, the prefix or a header, and two of them must agree", async () => {
  const { create, list, call } = await openDoor();
  await create({ threadId: "a", projectId: "one" });
  await call("POST", "/p/acme/bot/api/chat/threads", { threadId: "b" });
  expect(await list("/api/chat/threads?project_id=one")).toMatchObject({
    projectId: "one",
    threads: [{ threadId: "a" }],
  });
  expect(await list("/p/one/api/chat/threads")).toMatchObject({ totalCount: 1 });
  expect(await list("/p/acme/bot/api/chat/threads")).toMatchObject({
    projectId: "acme/bot",
    threads: [{ threadId: "b", projectId: "acme/bot" }],
  });
  expect(await list()).toMatchObject({ totalCount: 0 });
  const { json } = await call("GET", "/api/chat/threads", undefined, { "x-project-id": "acme/bot" });
  expect(json).toMatchObject({ totalCount: 1 });

  const { status, json: refused } = await call("GET", "/p/two/api/chat/threads?project_id=one");
  expect([status, refused]).toEqual([
    422,
    {
      detail: [
        {
          type: "value_error",
          loc: ["query", "project_id"],
          msg: 'Value error, names the project "one", but the request\'s URL or headers name "two"',
          input: null,
        },
      ],
    },
  ]);
  const posted = await call("POST", "/api/chat/threads?project_id=one", { projectId: "two" });
  expect([posted.status, posted.json]).toMatchObject([422, { detail: [{ loc: ["body", "projectId"] }] }]);
});

test("threads of another type are another list", async () => {
  const { create, list } = await openDoor();
  await create({ threadId: "a", projectType: "support" });
  await create({ threadId: "b" });
  expect(await list()).toMatchObject({ totalCount: 1, threads: [{ threadId: "b" }] });
  expect(await list("/api/chat/threads?project_type=support")).toMatchObject({
    totalCount: 1,
    threads: [{ threadId: "a" }],
  });
});

test("threads that traces made are listed, with the tokens of their spans", async () => {
  const { store, list } = await openDoor();
  const times = { startedAt: NOW - 1_000_000, endedAt: NOW };
  await store.writeSpans([span({ projectId: "default", thread: "traced", inputTokens: 30, ...times })]);
  const { threads, ...rest } = await list();
  expect(threads).toMatchObject([{ threadId: "traced", totalTokens: 30, createdBy: null }]);
  expect(rest).toMatchObject({ totalCount: 1, totalTokens: 30 });
});

test("scores are the means of the ratings of their names, within what is documented", async () => {
  const { store, create, list } = await openDoor(createNaiveStore());
  await create({ threadId: "a" });
  const rate = (id: string, ratings: [string, number][]) =>
    store.createFeedback(
      feedback({
        projectId: "default",
        id,
        createdAt: NOW,
        target: { kind: "conversation", id: "a" },
        ratings: ratings.map(([name, value]) => ({ name, value, reason: null, confidence: null })),
      }),
    );
  await rate("1", [
    ["qualityScore", 80],
    ["relevanceScore", 7],
  ]);
  await rate("2", [["qualityScore", 90]]);
  expect((await list()).threads).toMatchObject([{ qualityScore: 85, relevanceScore: 1 }]);
});

test("the longest page comes whole, in many pieces", async () => {
  const { store, list } = await openDoor();
  const description = "x".repeat(2000);
  const draft = {
    projectId: "default",
    projectType: "general",
    title: null,
    tags: [],
    messages: [],
    by: null,
  };
  const documents = JSON.stringify({ description });
  const names = Array.from({ length: 1001 }, (_, index) => `t${String(index).padStart(4, "0")}`);
  await Promise.all(names.map((threadId) => store.createChat({ ...draft, documents, threadId, now: NOW })));
  const answer = await list("/api/chat/threads?limit=1000");
  expect(ids(answer.threads)).toEqual(names.toReversed().slice(0, 1000));
  expect(answer.threads.every((thread) => thread.description === description)).toBe(true);
  expect(answer).toMatchObject({ totalCount: 1001, totalPages: 2, hasNext: true });
});
