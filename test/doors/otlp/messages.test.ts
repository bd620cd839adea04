import { describe, expect, test } from "vitest";
import { attributesOf } from "../../../src/doors/otlp/attributes.ts";
import { TABLES } from "../../../src/doors/otlp/dialects/tables.ts";
import { messagesOf } from "../../../src/doors/otlp/messages.ts";
import { MAX_VALUE_BYTES } from "../../../src/doors/otlp/span-limits.ts";
import { keyValues, type Plain } from "./support/otlp-messages.ts";

function messages(attributes: Record<string, Plain>, operation = "chat") {
  return messagesOf(attributesOf(keyValues(attributes)), operation, TABLES);
}

function texts(attributes: Record<string, Plain>, operation = "chat"): string[] {
  return messages(attributes, operation).map(({ role, text }) => `${role}: ${text}`);
}

const user = (content: unknown) => ({ role: "user", content });
const assistant = (content: unknown) => ({ role: "assistant", content });

describe("every dialect", () => {
  const parts = (role: string, content: string) => ({ role, parts: [{ type: "text", content }] });
  test.each<[string, Record<string, Plain>]>([
    [
      "gen_ai.input.messages as JSON text",
      {
        "gen_ai.input.messages": JSON.stringify([parts("system", "be brief"), parts("user", "hi")]),
        "gen_ai.output.messages": JSON.stringify([parts("assistant", "hello")]),
      },
    ],
    [
      "gen_ai.input.messages as a value",
      {
        "gen_ai.input.messages": [parts("user", "hi")],
        "gen_ai.output.messages": [parts("assistant", "hello")],
      },
    ],
    [
      "gen_ai.prompt as JSON text",
      {
        "gen_ai.prompt": JSON.stringify({ messages: [user("hi")] }),
        "gen_ai.completion": JSON.stringify({ choices: [{ index: 0, message: assistant("hello") }] }),
      },
    ],
    ["gen_ai.prompt as bare text", { "gen_ai.prompt": "hi", "gen_ai.completion": "hello" }],
    [
      "gen_ai.prompt.N",
      {
        "gen_ai.prompt.1.content": "hi",
        "gen_ai.prompt.1.role": "user",
        "gen_ai.prompt.0.role": "system",
        "gen_ai.prompt.0.content": "be brief",
        "gen_ai.completion.0.role": "assistant",
        "gen_ai.completion.0.content": "hello",
      },
    ],
    [
      "gen_ai.prompt.N without roles",
      { "gen_ai.prompt.0.content": "hi", "gen_ai.completion.0.content": "hello" },
    ],
    [
      "gen_ai.prompt.N with parts in text",
      {
        "gen_ai.prompt.0.role": "user",
        "gen_ai.prompt.0.content": '[{"type":"text","text":"hi"}]',
        "gen_ai.completion.0.content": "hello",
      },
    ],
    [
      "llm.input_messages.N",
      {
        "llm.input_messages.0.message.role": "user",
        "llm.input_messages.0.message.content": "hi",
        "llm.output_messages.0.message.role": "assistant",
        "llm.output_messages.0.message.contents.0.message_content.type": "text",
        "llm.output_messages.0.message.contents.0.message_content.text": "hello",
      },
    ],
    ["input.value as bare text", { "input.value": "hi", "output.value": "hello" }],
    [
      "input.value of LangGraph",
      {
        "input.value": JSON.stringify({ messages: [{ type: "human", content: "hi" }] }),
        "output.value": JSON.stringify({
          messages: [
            { type: "human", content: "hi" },
            { type: "ai", content: "hello" },
          ],
        }),
      },
    ],
    [
      "ai.prompt.messages",
      {
        "ai.prompt.messages": JSON.stringify([user([{ type: "text", text: "hi" }])]),
        "ai.response.text": "hello",
      },
    ],
    [
      "ai.prompt with a prompt",
      { "ai.prompt": JSON.stringify({ system: "s", prompt: "hi" }), "ai.response.text": "hello" },
    ],
    [
      "ai.prompt with messages",
      { "ai.prompt": JSON.stringify({ messages: [user("hi")] }), "ai.response.text": "hello" },
    ],
    [
      "langfuse.observation",
      {
        "langfuse.observation.input": '{"question":"hi"}',
        "langfuse.observation.output": '{"answer":"hello"}',
      },
    ],
    [
      "traceloop.entity",
      { "traceloop.entity.input": '{"args":["hi"],"kwargs":{}}', "traceloop.entity.output": '"hello"' },
    ],
    [
      "OpenAI's responses",
      {
        "input.value": JSON.stringify({
          input: [
            { type: "message", role: "user", content: [{ type: "input_text", text: "hi" }] },
            { type: "function_call", name: "f", arguments: "{}" },
            { type: "function_call_output", output: "result" },
          ],
        }),
        "output.value": JSON.stringify({
          output: [
            { type: "reasoning", content: "hm" },
            { type: "message", role: "assistant", content: [{ type: "output_text", text: "hello" }] },
          ],
        }),
      },
    ],
    [
      "LangChain's dictionaries",
      {
        "input.value": JSON.stringify([
          { type: "system", data: { content: "s" } },
          { type: "human", data: { content: "hi" } },
        ]),
        "output.value": JSON.stringify({
          generations: [[{ text: "hello", message: { type: "ai", data: { content: "hello" } } }]],
        }),
      },
    ],
    [
      "documents with a type of their own",
      {
        "input.value": '{"type":"question","content":"hi"}',
        "output.value": '{"type":"reply","text":"hello"}',
      },
    ],
    [
      "Gemini's contents",
      {
        "input.value": JSON.stringify([{ role: "user", parts: [{ text: "hi" }] }]),
        "output.value": JSON.stringify([{ role: "model", parts: [{ text: "hello" }] }]),
      },
    ],
  ])("%s", (_name, attributes) => {
    expect(texts(attributes)).toEqual(["user: hi", "assistant: hello"]);
  });
});

describe("which messages count", () => {
  test("the first user message, the last one, the last answer; the history's answers are not this span's", () => {
    const input = [user("one"), assistant("1"), user("two"), assistant("2"), user("three")];
    const output = [assistant("draft"), assistant("3")];
    const found = messages({
      "gen_ai.input.messages": JSON.stringify(input),
      "gen_ai.output.messages": JSON.stringify(output),
    });
    expect(found).toEqual([
      { role: "user", text: "one", json: JSON.stringify(user("one")) },
      { role: "user", text: "three", json: JSON.stringify(user("three")) },
      { role: "assistant", text: "3", json: JSON.stringify(assistant("3")) },
    ]);
  });

  test("a call of a tool and its result are steps", () => {
    const toolUse = { type: "tool_use", id: "1", name: "f", input: {} };
    const toolResult = { type: "tool_result", tool_use_id: "1", content: "r" };
    expect(
      texts({
        "gen_ai.input.messages": JSON.stringify([user("hi"), assistant([toolUse]), user([toolResult])]),
        "gen_ai.output.messages": JSON.stringify([
          { role: "assistant", content: null, tool_calls: [{ id: "2" }] },
        ]),
      }),
    ).toEqual(["user: hi"]);
    expect(
      texts({
        "gen_ai.completion.0.role": "assistant",
        "gen_ai.completion.0.tool_calls.0.name": "f",
        "llm.output_messages.0.message.role": "assistant",
        "llm.output_messages.0.message.tool_calls.0.tool_call.function.name": "f",
      }),
    ).toEqual([]);
  });

  test("text beside a tool call is an answer, thinking is not part of it", () => {
    const content = [
      { type: "reasoning", text: "hm" },
      { type: "text", text: "let me see" },
      { type: "tool_use", id: "1" },
    ];
    expect(texts({ "gen_ai.output.messages": JSON.stringify([assistant(content)]) })).toEqual([
      "assistant: let me see",
    ]);
  });

  test("a picture is a message without text", () => {
    const picture = user([{ type: "image_url", image_url: { url: "u" } }]);
    expect(messages({ "gen_ai.input.messages": JSON.stringify([picture]) })).toEqual([
      { role: "user", text: "", json: JSON.stringify(picture) },
    ]);
  });

  test("a source without a user message leaves the question to the next", () => {
    const system = JSON.stringify([{ role: "system", content: "be brief" }]);
    expect(texts({ "gen_ai.input.messages": system, "input.value": "hi" })).toEqual(["user: hi"]);
  });

  test.each(["execute_tool", "TOOL", "retriever", "ai.toolCall", "embeddings"])(
    "%s says nothing",
    (operation) => {
      expect(texts({ "input.value": "query", "output.value": "result" }, operation)).toEqual([]);
    },
  );

  test("a document of no known shape is a message without text", () => {
    expect(messages({ "input.value": '{"city":"Paris"}' }, "chain")).toEqual([
      { role: "user", text: "", json: '{"city":"Paris"}' },
    ]);
    expect(messages({ "input.value": "{}" }, "chain")).toEqual([]);
  });
});

describe("the message as it came", () => {
  test("keeps digits that a JavaScript number would lose", () => {
    const json = '{"role":"user","content":"hi","id":12345678901234567890,"score":1.50,"n":-0}';
    expect(messages({ "gen_ai.input.messages": `[${json}]` })[0]?.json).toBe(json);
    const value = [{ role: "user", content: "hi", id: 9_007_199_254_740_993n }];
    expect(messages({ "gen_ai.input.messages": value })[0]?.json).toBe(
      '{"role":"user","content":"hi","id":9007199254740993}',
    );
  });

  test("keeps the key __proto__ and shows half a surrogate pair as a replacement", () => {
    const json = '{"role":"user","content":"a\\ud800","__proto__":1}';
    expect(messages({ "gen_ai.input.messages": `[${json}]` })).toEqual([
      { role: "user", text: "a\ufffd", json },
    ]);
  });

  test("is cut when it is over the limit for a value", () => {
    const long = "é".repeat(MAX_VALUE_BYTES);
    const [found] = messages({ "gen_ai.input.messages": JSON.stringify([user(long), user("last")]) });
    expect(found?.text).toBe("é".repeat(MAX_VALUE_BYTES / 2));
    expect(JSON.parse(found?.json ?? "")).toEqual(user(found?.text));
  });
});

describe("hostile shapes", () => {
  test("a huge index costs nothing", () => {
    expect(
      texts({
        "gen_ai.prompt.999999999.role": "user",
        "gen_ai.prompt.999999999.content": "hi",
        "gen_ai.prompt.99999999999999999999.role": "user",
        "gen_ai.prompt.-1.role": "user",
        "gen_ai.prompt.x.role": "user",
      }),
    ).toEqual(["user: hi"]);
  });

  test.each(["[", '{"messages":', '{"a":', '[{"role":"user","content":'])("100 000 levels of %s", (open) => {
    const close = open.startsWith("[{") ? "}]" : open.startsWith("[") ? "]" : "}";
    const nested = `${open.repeat(100_000)}1${close.repeat(100_000)}`;
    for (const { text, json } of messages({ "input.value": nested }, "chain")) {
      expect(text.length + json.length).toBeLessThan(2 * MAX_VALUE_BYTES + 100);
    }
  });

  test("what only looks like JSON is text", () => {
    expect(texts({ "input.value": "[not json" })).toEqual(["user: [not json"]);
  });
});
