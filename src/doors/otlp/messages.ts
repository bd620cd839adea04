import { plainJson } from "../../model/json/plain.ts";
import { printJson } from "../../model/json/print.ts";
import type { SpanMessage } from "../../model/traces/span.ts";
import type { DefaultRole } from "../../model/transcripts/message-content.ts";
import { type FoundMessage, findMessages, messagesInText } from "../genai/find-messages.ts";
import { chosenMessages, saidBy } from "../genai/span-messages.ts";
import { anyValueToJson } from "./any-value.ts";
import type { Attributes } from "./attributes.ts";
import type { DialectTables, MessageSource } from "./dialects/tables.ts";
import { indexedMessages } from "./indexed-messages.ts";

/**
 * The messages of a span that a transcript can need: the first user message of its input, the last one where it is
 * another, and the last assistant message of its output. Messages that only call tools or bring their results are
 * steps and do not count.
 */
export function messagesOf(
  attributes: Attributes,
  operationName: string,
  { stepOperations, inputs, outputs }: DialectTables,
): SpanMessage[] {
  if (stepOperations.has(operationName.toLowerCase())) return [];
  const asked = firstWith("user", attributes, inputs);
  const answered = firstWith("assistant", attributes, outputs);
  return chosenMessages(asked, answered);
}

/** The role's messages in the first source that has any. */
function firstWith(
  role: DefaultRole,
  attributes: Attributes,
  sources: readonly MessageSource[],
): FoundMessage[] {
  for (const source of sources) {
    const found = saidBy(role, read(source, attributes, role));
    if (found.length > 0) return found;
  }
  return [];
}

function read(source: MessageSource, attributes: Attributes, role: DefaultRole): FoundMessage[] {
  if ("before" in source) return indexedMessages(attributes, source, role);
  const any = attributes.get(source.key);
  if (!any) return [];
  const json = anyValueToJson(any);
  if (typeof json === "string") return messagesInText(json, role, source.members);
  return findMessages({ text: printJson(json), value: plainJson(json) }, role, source.members);
}
