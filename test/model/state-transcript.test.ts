import { describe, expect, it } from "vitest";
import { parseJson, parseJsonObject } from "../../src/model/json/parse.ts";
import type { JsonValue } from "../../src/model/json/value.ts";
import {
  followState,
  importedTranscript,
  messageList,
  stateMessages,
  unchangedMessages,
} from "../../src/model/transcripts/state-transcript.ts";
import { addMessages, EMPTY_SUMMARY } from "../../src/model/transcripts/transcript-summary.ts";

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

describe("a state that follows another", () => {
  const said = (id: string, content = id) => ({ id, type: "human", content });
  const values = (...messages: unknown[]) => parseJsonObject(JSON.stringify({ messages }), []);
  /** What is kept of the messages of a state that came at once. */
  const kept = (...messages: unknown[]) => {
    const { summary, messages: all } = addMessages(
      EMPTY_SUMMARY,
      stateMessages(list(messages), 0, () => 1),
    );
    return {
      summary: () => summary,
      before: (listed: number) => all.filter((each) => each.listed < listed),
      timesFrom: (listed: number) =>
        new Map(all.flatMap((each) => (each.listed >= listed ? [[each.messageId, each.createdAt]] : []))),
    };
  };
  const step = (before: unknown[], after: unknown[], hasAppended = false) =>
    followState({ before: values(...before), after: values(...after), hasAppended, now: 5 }, kept(...before));

  it("adds the messages at its end, of the moment it came", () => {
    const change = step([said("a")], [said("a"), said("b")]);
    expect(change).toMatchObject({ staying: null, summary: { messages: 2, preview: "b" } });
    expect(change!.added).toMatchObject([{ messageId: "b", createdAt: 5, listed: 1 }]);
  });

  it("makes anew what follows the first that changes; what stays there keeps its time", () => {
    const change = step(
      [said("a"), said("b"), said("c")],
      [said("a"), said("b", "other"), said("c"), said("d")],
    );
    expect(change).toMatchObject({ staying: 1, summary: { messages: 4, preview: "d" } });
    expect(change!.added.map(({ messageId, createdAt }) => [messageId, createdAt])).toEqual([
      ["b", 1],
      ["c", 1],
      ["d", 5],
    ]);
    expect(step([said("a"), said("b")], [said("a")])).toMatchObject({
      staying: 1,
      added: [],
      summary: { messages: 1 },
    });
  });

  it("changes nothing where its messages are the same, or messages were appended", () => {
    expect(step([said("a")], [said("a")])).toBeNull();
    expect(step([], [said("a")], true)).toBeNull();
  });

  it("has its messages at the times that are known, else at its own, where it was imported", () => {
    const { messages, summary } = importedTranscript(values(said("a"), said("b")), [3], 9);
    expect(messages.map(({ createdAt }) => createdAt)).toEqual([3, 9]);
    expect(summary).toMatchObject({ messages: 2, lastMessageAt: 9 });
  });
});
