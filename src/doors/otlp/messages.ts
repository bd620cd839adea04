import { plainJson } from "../../model/json/plain.ts";
import { printJson } from "../../model/json/print.ts";
import type { SpanMessage } from "../../model/traces/span.ts";
import type { DefaultRole } from "../../model/transcripts/message-content.ts";
import { type FoundMessage, findMessages, messagesInText } from "../genai/find-messages.ts";
import { chosenMessages, saidBy } from "../genai/span-messages.ts";
import { anyValueToJson } from "./any-value.ts";
import type { Attributes } from "./attributes.ts";
import { type IndexedDialect, indexedMessages } from "./indexed-messages.ts";

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
  return chosenMessages(asked, answered);
}

/** The role's messages in the first source that has any. */
function firstWith(role: DefaultRole, attributes: Attributes, sources: readonly Source[]): FoundMessage[] {
  for (const source of sources) {
    const found = saidBy(role, read(source, attributes, role));
    if (found.length > 0) return found;
  }
  return [];
}

function read(source: Source, attributes: Attributes, role: DefaultRole): FoundMessage[] {
  if (typeof source !== "string") return indexedMessages(attributes, source, role);
  const any = attributes.get(source);
  if (!any) return [];
  const json = anyValueToJson(any);
  if (typeof json === "string") return messagesInText(json, role);
  return findMessages({ text: printJson(json), value: plainJson(json) }, role);
}
