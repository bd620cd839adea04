import { readFile } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import type { Span } from "../../../src/model/traces/span.ts";
import { decodeExport } from "./support/decode-export.ts";

const QUESTION = "user: What is the capital of France?";
const ANSWER = "assistant: Paris.";

/** A recorded export's spans by start, each as name, operation, model, tokens and messages. */
async function extract(file: string) {
  const bytes = await readFile(new URL(`../../fixtures/otlp/${file}`, import.meta.url));
  const encoding = file.endsWith(".json") ? "json" : "protobuf";
  const { spans, refusals } = decodeExport({ bytes, encoding }, "default");
  expect(refusals.count).toBe(0);
  return spans.sort((a, b) => nanoseconds(a) - nanoseconds(b));
}

/** Since the second of the span's start: exact enough to sort the spans of one run. */
function nanoseconds({ startedAt, startedAtNanos }: Span): number {
  return (startedAt % 1e9) * 1000 + startedAtNanos;
}

function essence({ name, operationName, model, inputTokens, outputTokens, messages }: Span) {
  const texts = messages.map(({ role, text }) => `${role}: ${text}`);
  return [name, operationName, model, inputTokens, outputTokens, ...texts];
}

describe("recorded exports", () => {
  test("AI SDK: the tool call is a step, and the wrapper repeats the tokens", async () => {
    const spans = await extract("ai-sdk.json");
    const question = "user: What is the weather in Paris?";
    const answer = "assistant: It is sunny in Paris.";
    expect(spans.map(essence)).toEqual([
      ["ai.generateText", "ai.generateText", "mock-model", 61, 16, question, answer],
      ["ai.generateText.doGenerate", "ai.generateText.doGenerate", "mock-model", 21, 9, question],
      ["ai.toolCall", "ai.toolCall", null, null, null],
      ["ai.generateText.doGenerate", "ai.generateText.doGenerate", "mock-model", 40, 7, question, answer],
    ]);
    for (const { threadClaim } of spans) {
      expect(threadClaim).toEqual({
        threadId: "thread-ai-1",
        rank: 2,
        key: "ai.telemetry.metadata.threadId",
      });
    }
  });

  test("Langfuse: a question inside a document, token counts inside another", async () => {
    const spans = await extract("langfuse.json");
    expect(spans.map(essence)).toEqual([
      ["answer", "agent", null, null, null, QUESTION, ANSWER],
      ["search", "tool", null, null, null],
      ["generation", "generation", "gpt-4o-mini", 12, 3, QUESTION, ANSWER],
    ]);
    for (const { threadClaim } of spans) {
      expect(threadClaim).toEqual({ threadId: "session-lf-1", rank: 5, key: "session.id" });
    }
  });

  test("LangSmith: run inputs and outputs as JSON", async () => {
    const spans = await extract("langsmith.pb");
    expect(spans.map(essence)).toEqual([
      ["agent", "chain", null, null, null, QUESTION, ANSWER],
      ["model", "chat", "gpt-4o-mini", 12, 3, QUESTION, ANSWER],
    ]);
    for (const { threadClaim } of spans) {
      expect(threadClaim).toEqual({ threadId: "thread-ls-1", rank: 2, key: "langsmith.metadata.thread_id" });
    }
  });

  test("OpenInference: messages spread over attributes, and LangChain's serialized ones", async () => {
    const spans = await extract("openinference-langchain.json");
    expect(spans.map(essence)).toEqual([
      ["RunnableSequence", "chain", null, null, null, QUESTION, ANSWER],
      ["RunnableLambda", "chain", null, null, null, QUESTION],
      ["FakeListChatModel", "llm", null, null, null, QUESTION, ANSWER],
    ]);
    for (const { threadClaim } of spans) {
      expect(threadClaim).toEqual({ threadId: "session-oi-1", rank: 5, key: "session.id" });
    }
  });

  test("Traceloop: arguments of a workflow, and messages in parts", async () => {
    const spans = await extract("traceloop.json");
    const byName = Object.fromEntries(spans.map((span) => [span.name, essence(span).slice(1)]));
    expect(byName).toEqual({
      "answer.workflow": ["workflow", null, null, null, QUESTION, ANSWER],
      "lookup.tool": ["tool", null, null, null],
      "chat gpt-4o-mini": ["chat", "gpt-4o-mini-2024", 12, 3, QUESTION, ANSWER],
    });
    for (const { threadClaim } of spans) {
      expect(threadClaim).toMatchObject({
        threadId: "session-tl-1",
        rank: 7,
        key: "traceloop.association.properties.session_id",
      });
    }
  });
});
