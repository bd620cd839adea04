import { describe, expect, it } from "vitest";
import { parseJson, parseJsonObject } from "../../src/model/json/parse.ts";
import type { JsonValue } from "../../src/model/json/value.ts";
import {
  messageList,
  stateMessages,
  unchangedMessages,
} from "../../src/model/transcripts/state-transcript.ts";

const list = (messages: unknown) => parseJson(JSON.stringify(messages), []) as JsonValue[];
const read = (...messages: unknown[]) => stateMessages(list(messages), 0, () => 7);

describe("the list of messages of a state", () => {
  it("is empty where the values have none", () => {
    expect(messageList(null)).toEqual([]);
    for (const values of ["{}", '{"messages":null}', '{"messages":{"0":1}}', '{"messages":"hi"}']) {
      expect(messageList(parseJsonObject(values, []))).toEqual([]);
    }
    expect(messageList(parseJsonObject('{"messages":["hi"]}', []))).toEqual(["hi"]);
  });
});

describe("a message of a state", () => {
  it.each([
    [{ type: "human", content: "hi" }, "user", "hi"],
    [{ type: "user", content: "hi" }, "user", "hi"],
    [{ role: "user", content: [{ type: "text", text: "a" }, { type: "image_url" }] }, "user", "a"],
    [{ type: "ai", content: "yes", tool_calls: [{ name: "t" }] }, "assistant", "yes"],
    [{ type: "assistant", content: "yes" }, "assistant", "yes"],
    [{ type: "AIMessageChunk", content: ["a", { type: "text", text: "b" }] }, "assistant", "a\nb"],
    [{ type: "ai", data: { content: "in data" } }, "assistant", "in data"],
    [{ lc: 1, id: ["langchain", "schema", "HumanMessage"], kwargs: { content: "hi" } }, "user", "hi"],
    [{ role: "assistant", content: "" }, "assistant", ""],
  ])("%j is an utterance", (message, role, text) => {
    const [only, ...more] = read(message);
    expect(more).toEqual([]);
    expect(only).toMatchObject({ role, text, createdAt: 7, listed: 0 });
    expect(JSON.parse(only!.json)).toEqual(message);
  });

  it.each([
    { type: "system", content: "be nice" },
    { type: "tool", content: "42", tool_call_id: "1" },
    { role: "developer", content: "x" },
    { type: "ai", content: "", tool_calls: [{ name: "t" }] },
    { role: "assistant", content: [{ type: "tool_use", name: "t" }] },
    { content: "whose?" },
    "bare text",
    ["user", "hi"],
    null,
    1,
  ])("%j is none", (message) => {
    expect(read(message)).toEqual([]);
  });

  it("has its own id, else its place; and says who made it, and what it took", () => {
    const made = {
      id: "a",
      type: "ai",
      name: "helper",
      content: "x",
      response_metadata: { model_name: "gpt" },
      usage_metadata: { input_tokens: 3, output_tokens: 4 },
    };
    expect(
      read({ type: "system", id: "s" }, made, { role: "user", content: "x", id: 5, name: "Ann" }),
    ).toMatchObject([
      { messageId: "a", agent: "helper", model: "gpt", inputTokens: 3, outputTokens: 4, listed: 1 },
      { messageId: "#2", agent: null, model: null, inputTokens: null, outputTokens: null, listed: 2 },
    ]);
    const kwargs = {
      content: "x",
      id: "k",
      response_metadata: { model: "m" },
      usage_metadata: { input_tokens: -1 },
    };
    expect(read({ lc: 1, id: ["AIMessage"], kwargs })).toMatchObject([
      { messageId: "k", model: "m", inputTokens: null },
    ]);
  });

  it("keeps the digits of its numbers", () => {
    const text = '{"type":"human","content":"x","n":1.0,"big":9007199254740993}';
    expect(stateMessages([parseJson(text, [])], 0, () => 0)[0]).toMatchObject({ json: text });
  });

  it("is of the time that is known of its id; those before the start are left out", () => {
    const messages = list(["a", "b", "c"].map((id) => ({ id, type: "human", content: id })));
    expect(stateMessages(messages, 1, (id) => (id === "b" ? 1 : 2))).toMatchObject([
      { messageId: "b", createdAt: 1, listed: 1 },
      { messageId: "c", createdAt: 2, listed: 2 },
    ]);
  });
});

it("messages are unchanged up to the first that is spelt otherwise, or gone", () => {
  const before = list([{ a: 1 }, { b: 1, c: 2 }]);
  expect(unchangedMessages(before, before)).toBe(2);
  expect(unchangedMessages(before, list([{ a: 1 }, { b: 1, c: 2 }, 3]))).toBe(2);
  expect(unchangedMessages(before, list([{ a: 1 }, { c: 2, b: 1 }]))).toBe(1);
  expect(unchangedMessages(before, list([{ a: 1 }]))).toBe(1);
  expect(unchangedMessages(before, [])).toBe(0);
  expect(unchangedMessages([], before)).toBe(0);
});
