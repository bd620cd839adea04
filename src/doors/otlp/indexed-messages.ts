import { plainJson } from "../../model/json/plain.ts";
import { printJson } from "../../model/json/print.ts";
import type { JsonObject, JsonValue } from "../../model/json/value.ts";
import { type DefaultRole, isPart, readMessage } from "../../model/transcripts/message-content.ts";
import { type FoundMessage, parseIfJson } from "../genai/find-messages.ts";
import { anyValueToJson } from "./any-value.ts";
import type { Attributes } from "./attributes.ts";

/** How a list of messages is spread over attributes: `<before>N<after><field>`. */
export interface Spread {
  before: string;
  after: string;
  /** The field that has a message's content. */
  content: string;
}

/**
 * The messages of a list spread over attributes, such as `gen_ai.prompt.0.role` and `gen_ai.prompt.0.content`, by
 * index. Each comes as an object of its fields, the paths below the index being the keys. Costs nothing for the
 * indexes that are not there.
 */
export function indexedMessages(attributes: Attributes, spread: Spread, role: DefaultRole): FoundMessage[] {
  const byIndex = new Map<number, JsonObject>();
  for (const [key, value] of attributes) {
    const place = placeOf(key, spread);
    if (!place) continue;
    const fields: JsonObject = byIndex.get(place.index) ?? new Map();
    fields.set(place.field, anyValueToJson(value));
    byIndex.set(place.index, fields);
  }
  return [...byIndex]
    .sort(([a], [b]) => a - b)
    .flatMap(([, fields]) => toMessage(fields, spread.content, role) ?? []);
}

function placeOf(key: string, { before, after }: Spread): { index: number; field: string } | null {
  if (!key.startsWith(before)) return null;
  const digits = /^\d{1,9}/.exec(key.slice(before.length, before.length + 9))?.[0];
  if (digits === undefined || !key.startsWith(after, before.length + digits.length)) return null;
  return { index: Number(digits), field: key.slice(before.length + digits.length + after.length) };
}

function toMessage(fields: JsonObject, content: string, role: DefaultRole): FoundMessage | null {
  const keys = [...fields.keys()];
  const callsTool = keys.some((key) => /^tool_calls\.|^function_call/.test(key));
  const message = readMessage({
    role: fields.get("role") ?? role,
    content: contentOf(fields, content, keys),
    ...(callsTool ? { tool_calls: [true] } : {}),
  });
  return message && { ...message, saysRole: true, print: () => printJson(fields) };
}

/** The content: text, a JSON list of parts in text, or parts spread over keys `contents.N.message_content.text`. */
function contentOf(fields: JsonObject, name: string, keys: string[]): unknown {
  const content: JsonValue | undefined = fields.get(name);
  if (typeof content === "string") {
    const parsed = parseIfJson(content);
    return Array.isArray(parsed) && parsed.some(isPart) ? parsed : content;
  }
  if (content !== undefined) return plainJson(content);
  const texts = keys.flatMap((key) => {
    const index = /^contents\.(\d{1,9})\.message_content\.text$/.exec(key)?.[1];
    return index === undefined ? [] : [{ index: Number(index), text: fields.get(key) }];
  });
  return texts.sort((a, b) => a.index - b.index).map(({ text }) => plainJson(text!));
}
