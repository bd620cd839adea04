import { Buffer } from "node:buffer";
import type { SpanMessage } from "../../model/span.ts";
import type { Attributes } from "./attributes.ts";
import { cutText } from "./cut.ts";
import { anyValueToJson } from "./exact-json.ts";
import { findMessages } from "./find-messages.ts";
import { type IndexedDialect, indexedMessages } from "./indexed-messages.ts";
import type { DefaultRole, FoundMessage } from "./message-content.ts";
import { MAX_VALUE_BYTES } from "./span-limits.ts";

/** Where a dialect keeps messages: in one attribute, or spread over many. */
type Source = string | IndexedDialect;

const INPUTS: readonly Source[] = [
  "gen_ai.input.messages",
  "gen_ai.prompt",
  { before: "gen_ai.prompt.", after: "." },
  { before: "llm.input_messages.", after: ".message." },
  "input.value",
  "ai.prompt.messages",
  "ai.prompt",
  "langfuse.observation.input",
  "traceloop.entity.input",
];

const OUTPUTS: readonly Source[] = [
  "gen_ai.output.messages",
  "gen_ai.completion",
  { before: "gen_ai.completion.", after: "." },
  { before: "llm.output_messages.", after: ".message." },
  "output.value",
  "ai.response.text",
  "langfuse.observation.output",
  "traceloop.entity.output",
];

/** Operations whose inputs and outputs are steps on the way to an answer, never what a user or assistant said. */
const STEP_OPERATIONS = new Set([
  "execute_tool",
  "tool",
  "task",
  "ai.toolcall",
  "retrieval",
  "retriever",
  "embedding",
  "embeddings",
  "ai.embed",
  "ai.embedmany",
  "reranker",
  "guardrail",
  "evaluator",
]);

/**
 * The messages of a span that a transcript can need: the first user message of its input, the last one where it is
 * another, and the last assistant message of its output. Messages that only call tools or bring their results are
 * steps and do not count.
 */
export function messagesOf(attributes: Attributes, operationName: string): SpanMessage[] {
  if (STEP_OPERATIONS.has(operationName.toLowerCase())) return [];
  const asked = firstWith("user", attributes, INPUTS);
  const answered = firstWith("assistant", attributes, OUTPUTS);
  const chosen = new Set([asked[0], asked.at(-1), answered.at(-1)]);
  return [...chosen].flatMap((message) => (message ? [toSpanMessage(message)] : []));
}

/** The role's messages in the first source that has any. */
function firstWith(role: DefaultRole, attributes: Attributes, sources: readonly Source[]): FoundMessage[] {
  for (const source of sources) {
    const found = read(source, attributes, role).filter(
      (message) => message.role === role && !message.isStep,
    );
    if (found.length > 0) return found;
  }
  return [];
}

function read(source: Source, attributes: Attributes, role: DefaultRole): FoundMessage[] {
  if (typeof source !== "string") return indexedMessages(attributes, source, role);
  const value = attributes.get(source);
  return value ? findMessages(anyValueToJson(value), role) : [];
}

/** Bare text, which came without a role, is a JSON string. */
function toSpanMessage(message: FoundMessage): SpanMessage {
  const role = message.role === "assistant" ? "assistant" : "user";
  const text = cutText(message.text.toWellFormed(), MAX_VALUE_BYTES);
  return { role, text, json: toJsonText(message.value) ?? JSON.stringify({ role, content: text }) };
}

/** The value as JSON text; null if it is over the limit for a value or nests too deeply to print. */
function toJsonText(value: unknown): string | null {
  try {
    const json = JSON.stringify(value);
    return Buffer.byteLength(json) <= MAX_VALUE_BYTES ? json : null;
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}
