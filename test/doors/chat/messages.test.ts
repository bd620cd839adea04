import { expect, test } from "vitest";
import { MAX_APPENDED_MESSAGES } from "../../../src/model/transcripts/message.ts";
import { openDoor } from "./open.ts";

/** Messages that say their number, by turns of the user and the assistant. */
function numbered(count: number, from = 0) {
  return Array.from({ length: count }, (_, index) => ({
    messageId: `m${from + index}`,
    role: (from + index) % 2 === 0 ? "user" : "assistant",
    content: `message ${from + index}`,
  }));
}

test("messages come back with all that was said of them", async () => {
  const { create, append, call } = await openDoor();
  await create({ threadId: "a" });
  const { status, json } = await append("a", [
    { role: "human", content: "Where is it?", timestamp: "2026-08-19T10:00:00.5Z" },
    {
      messageId: "m2",
      role: "assistant",
      content: "There — 😀",
      timestamp: "2026-08-19T12:00:02+02:00",
      agentUsed: "finder",
      modelUsed: "gpt-5.1",
      inputTokens: 30,
      outputTokens: "7",
      unknown: { kept: true },
    },
    { messageId: "m3", role: "system", content: "" },
  ]);
  const messageIds = [expect.stringMatching(/^[0-9a-f-]{36}$/), "m2", "m3"];
  expect([status, json]).toMatchObject([
    200,
    {
      messageIds,
      thread: {
        threadId: "a",
        title: "Where is it?",
        messageCount: 3,
        userMessageCount: 1,
        assistantMessageCount: 1,
        totalTokens: 37,
        averageResponseTimeMs: 1500,
        participants: ["user", "finder"],
        agentUsed: "finder",
        modelUsed: "gpt-5.1",
        version: "2",
      },
    },
  ]);
  const unknown = {
    agentUsed: null,
    modelUsed: null,
    inputTokens: null,
    outputTokens: null,
    responseTimeMs: null,
  };
  expect((await call("GET", "/api/chat/threads/a/messages")).json).toEqual({
    status: "success",
    threadId: "a",
    messages: [
      {
        ...unknown,
        messageId: messageIds[0],
        threadId: "a",
        role: "user",
        content: "Where is it?",
        timestamp: "2026-08-19T10:00:00.500000Z",
      },
      {
        messageId: "m2",
        threadId: "a",
        role: "assistant",
        content: "There — 😀",
        timestamp: "2026-08-19T10:00:02Z",
        agentUsed: "finder",
        modelUsed: "gpt-5.1",
        inputTokens: 30,
        outputTokens: 7,
        responseTimeMs: 1500,
      },
      {
        ...unknown,
        messageId: "m3",
        threadId: "a",
        role: "system",
        content: "",
        timestamp: "2026-08-20T00:00:02.250000Z",
      },
    ],
    count: 3,
  });
});

test.each([
  ["", [...Array(100).keys()].map((index) => index + 150)],
  ["?limit=2", [248, 249]],
  ["?limit=2&offset=1", [247, 248]],
  ["?limit=100&offset=248", [0, 1]],
  ["?offset=250", []],
  ["?limit=1000&offset=9007199254740993", []],
  ["?limit=1000", [...Array(250).keys()]],
])(
  "a page counts back from the newest message, in the order of the transcript: %s",
  async (query, expected) => {
    const { create, append, call } = await openDoor();
    await create({ threadId: "a" });
    for (const from of [0, 100, 200]) await append("a", numbered(from === 200 ? 50 : 100, from));
    const { json } = await call("GET", `/api/chat/threads/a/messages${query}`);
    const { messages, count } = json as { messages: { content: string }[]; count: number };
    expect(messages.map(({ content }) => content)).toEqual(expected.map((index) => `message ${index}`));
    expect(count).toBe(expected.length);
  },
);

test("a long page comes whole, in many pieces", async () => {
  const { create, append, call } = await openDoor();
  await create({ threadId: "a" });
  const content = "long ".repeat(20_000);
  await append("a", Array(50).fill({ role: "user", content }));
  const { json } = await call("GET", "/api/chat/threads/a/messages?limit=1000");
  const { messages, count } = json as { messages: { content: string }[]; count: number };
  expect(messages.every((message) => message.content === content)).toBe(true);
  expect([messages.length, count]).toEqual([50, 50]);
});

test("a message that comes again is the one that is there", async () => {
  const { create, append, call } = await openDoor();
  await create({ threadId: "a" });
  const first = await append("a", numbered(3));
  const again = await append("a", [{ messageId: "m1", role: "user", content: "other" }]);
  expect(again.json).toEqual({ thread: (first.json as { thread: object }).thread, messageIds: ["m1"] });
  const twice = await append("a", [...numbered(1, 3), ...numbered(1, 3)]);
  expect(twice.json).toMatchObject({ thread: { messageCount: 4 }, messageIds: ["m3", "m3"] });
  const { json } = await call("GET", "/api/chat/threads/a/messages");
  expect(json).toMatchObject({ count: 4, messages: [{}, { content: "message 1" }, {}, {}] });
});

test("one message that many clients append at once is one message", async () => {
  const { create, append, list } = await openDoor();
  await create({ threadId: "a" });
  const answers = await Promise.all(
    Array.from({ length: 50 }, (_, index) =>
      append("a", [
        { messageId: "same", role: "user", content: "once", inputTokens: 3 },
        { messageId: `own ${index}`, role: "assistant", content: "each", outputTokens: 1 },
      ]),
    ),
  );
  expect(answers.map(({ status }) => status)).toEqual(Array(50).fill(200));
  const { threads, ...totals } = await list();
  expect(threads).toMatchObject([
    { messageCount: 51, userMessageCount: 1, assistantMessageCount: 50, totalTokens: 53, version: "51" },
  ]);
  expect(totals).toMatchObject({ totalMessages: 51, totalTokens: 53 });
});

test("of a request that is refused no message is kept", async () => {
  const { create, append, call } = await openDoor();
  await create({ threadId: "a" });
  const most = numbered(MAX_APPENDED_MESSAGES);
  const tooMany = await append("a", [...most, ...numbered(1, MAX_APPENDED_MESSAGES)]);
  expect([tooMany.status, tooMany.json]).toMatchObject([422, { detail: [{ type: "too_long" }] }]);
  expect((await append("a", [...numbered(2), { role: "user" }])).status).toBe(422);
  expect((await call("GET", "/api/chat/threads/a/messages")).json).toMatchObject({ count: 0 });
  expect((await append("a", most)).json).toMatchObject({ thread: { messageCount: MAX_APPENDED_MESSAGES } });
});

test("a read-only thread takes no messages until it is not", async () => {
  const { create, append, call } = await openDoor();
  await create({ threadId: "a" });
  await call("PATCH", "/api/chat/threads/a", { isReadonly: true });
  const { status, json } = await append("a", numbered(1));
  expect([status, json]).toEqual([409, { detail: "Thread with ID a is read-only" }]);
  await call("PATCH", "/api/chat/threads/a", { isReadonly: false });
  expect((await append("a", numbered(1))).status).toBe(200);
});
