import fc from "fast-check";
import { expect, test } from "vitest";
import { isUuid } from "../../../src/model/base/uuid.ts";
import { makeKey } from "../../store/make-key.ts";
import { createNaiveStore } from "../../store/naive-store.ts";
import { openDoor } from "./open.ts";

/** A document no JavaScript object can hold: its keys' order, its digits, its names. */
const EXACT =
  '{"10":1,"2":9007199254740993,"":1.0,"__proto__":{"constructor":-0},"a.b[0]":"\\u0001 \\" é 😀",' +
  '"big":123456789012345678901234567890.12345e-400,"toString":null}';

test("a thread begins with its first message, which gives it its title", async () => {
  const { create, call } = await openDoor();
  const thread = await create({ initialMessage: "How do I return\n  a parcel?", tags: ["returns", "é"] });
  expect(isUuid(thread.threadId)).toBe(true);
  expect(thread).toMatchObject({
    title: "How do I return a parcel?",
    tags: ["returns", "é"],
    messageCount: 1,
    userMessageCount: 1,
    lastMessagePreview: "How do I return a parcel?",
    participants: ["user"],
  });
  const { json } = await call("GET", `/api/chat/threads/${thread.threadId}/messages`);
  expect(json).toMatchObject({
    count: 1,
    messages: [{ role: "user", content: "How do I return\n  a parcel?", timestamp: thread.createdAt }],
  });
});

test("null in a body that creates is nothing", async () => {
  const { call } = await openDoor();
  const names = [
    "title",
    "projectId",
    "projectType",
    "initialMessage",
    "tags",
    "threadId",
    "settings",
    "summary",
  ];
  const { status, json } = await call(
    "POST",
    "/api/chat/threads",
    Object.fromEntries(names.map((name) => [name, null])),
  );
  expect([status, json]).toMatchObject([
    200,
    { title: "New Chat", projectId: "default", tags: [], settings: null },
  ]);
});

test("a thread is created once", async () => {
  const { create, call } = await openDoor();
  const thread = await create({ threadId: "a/b c", title: "One" });
  expect(thread).toMatchObject({ threadId: "a/b c", title: "One" });
  const { status, json } = await call("POST", "/api/chat/threads", { threadId: "a/b c" });
  expect([status, json]).toEqual([409, { detail: expect.stringContaining("a/b c") }]);
  expect((await call("PATCH", "/api/chat/threads/a%2Fb%20c", {})).json).toMatchObject({ title: "One" });
});

test("documents come back as they went in, digit by digit and key by key", async () => {
  const { call } = await openDoor();
  const body = `{"threadId":"a","settings":${EXACT},"customMetadata":${EXACT},"permissions":${EXACT},"sessionId":"s"}`;
  const { text } = await call("POST", "/api/chat/threads", body);
  for (const name of ["settings", "customMetadata", "permissions"])
    expect(text).toContain(`"${name}":${EXACT}`);
  const patched = await call(
    "PATCH",
    "/api/chat/threads/a",
    '{"settings":{"temperature":0.70,"maxTokens":1e2},"permissions":null}',
  );
  expect(patched.text).toContain('"settings":{"temperature":0.70,"maxTokens":1e2},');
  expect(patched.text).toContain(`"customMetadata":${EXACT}`);
  expect(patched.json).toMatchObject({ permissions: null, sessionId: "s" });
  expect((await call("GET", "/api/chat/threads")).text).toContain(patched.text);
});

test("so do those of a body that a worker reads", async () => {
  const { call } = await openDoor();
  const description = "é".repeat(100_000);
  const body = `{"description":"${description}","permissions":${EXACT}}`;
  const { text, json } = await call("POST", "/api/chat/threads", body);
  expect(text).toContain(`"permissions":${EXACT}`);
  expect(json).toMatchObject({ description });
});

test("any JSON object can be settings, as long as what is documented is what it is said to be", async () => {
  const { create } = await openDoor(createNaiveStore("second"));
  const known = new Set([
    "temperature",
    "maxTokens",
    "useRag",
    "persona",
    "stance",
    "autoTitle",
    "notifications",
  ]);
  const name = fc.string({ unit: "grapheme" }).filter((key) => !known.has(key));
  await fc.assert(
    fc.asyncProperty(fc.dictionary(name, fc.jsonValue()), async (given) => {
      const settings = JSON.parse(JSON.stringify(given));
      expect(await create({ settings })).toMatchObject({ settings });
    }),
    { numRuns: 50 },
  );
});

test("a patch changes what it names; null takes away", async () => {
  const { create, call } = await openDoor();
  const before = await create({
    threadId: "a",
    title: "Mine",
    initialMessage: "Hello",
    tags: ["x"],
    description: "d",
    relatedThreads: ["r"],
  });
  const set = await call("PATCH", "/api/chat/threads/a", {
    isArchived: true,
    isPinned: true,
    isReadonly: true,
  });
  expect(set.json).toEqual({
    ...before,
    version: "2",
    modifiedAt: expect.any(String),
    status: "archived",
    isActive: false,
    isArchived: true,
    isPinned: true,
    isReadonly: true,
  });
  const cleared = await call("PATCH", "/api/chat/threads/a", {
    title: null,
    tags: null,
    isArchived: null,
    isPinned: false,
    isReadonly: null,
    description: null,
    relatedThreads: null,
    threadId: "ignored",
    nonsense: 1,
  });
  expect(cleared.json).toEqual({
    ...before,
    version: "3",
    modifiedAt: expect.any(String),
    title: "Hello",
    tags: [],
    description: null,
    relatedThreads: [],
  });
});

test("a thread goes with its messages", async () => {
  const { create, append, call, list } = await openDoor();
  await create({ threadId: "a", initialMessage: "Hello" });
  await append("a", [{ role: "assistant", content: "Hi" }]);
  const { status, json } = await call("DELETE", "/api/chat/threads/a");
  expect([status, json]).toEqual([
    200,
    {
      status: "success",
      message: "Thread deleted",
      threadId: "a",
      deletedMessageCount: 2,
      deletedAt: "2026-08-20T00:00:03.250000Z",
      permanentDelete: true,
    },
  ]);
  expect(await list()).toMatchObject({ totalCount: 0, totalMessages: 0 });
  expect((await call("DELETE", "/api/chat/threads/a")).status).toBe(404);
});

test("who writes is known by the key", async () => {
  const store = createNaiveStore("second");
  const [ada, bob] = await Promise.all(["ada", "bob"].map((name) => makeKey(store, { name })));
  const { call } = await openDoor(store);
  const body = { threadId: "a" };
  const { json } = await call("POST", "/api/chat/threads", body, { "x-api-key": ada! });
  expect(json).toMatchObject({ owner: "ada", createdBy: "ada", userId: "ada", modifiedBy: "ada" });
  const patched = await call("PATCH", "/api/chat/threads/a", {}, { authorization: `Bearer ${bob}` });
  expect(patched.json).toMatchObject({ createdBy: "ada", modifiedBy: "bob" });
});

test("of creations of one thread at once one succeeds", async () => {
  const { call, list } = await openDoor();
  const answers = await Promise.all(
    Array.from({ length: 50 }, (_, index) =>
      call("POST", "/api/chat/threads", { threadId: "a", title: `${index}` }),
    ),
  );
  const made = answers.filter(({ status }) => status === 200);
  expect(made).toHaveLength(1);
  expect(answers.filter(({ status }) => status === 409)).toHaveLength(49);
  expect((await list()).threads).toEqual([made[0]?.json]);
});
