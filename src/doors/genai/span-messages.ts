import { Buffer } from "node:buffer";
import { cutText } from "../../model/base/cut-text.ts";
import { InvalidRequestError } from "../../model/base/errors.ts";
import type { SpanMessage } from "../../model/traces/span.ts";
import type { DefaultRole } from "../../model/transcripts/message-content.ts";
import type { FoundMessage } from "./find-messages.ts";

/** The longest message a span keeps, in bytes. */
const MAX_MESSAGE_BYTES = 256 * 1024;

/** The role's messages among those found; steps on the way to an answer do not count. */
export function saidBy(role: DefaultRole, found: FoundMessage[]): FoundMessage[] {
  return found.filter((message) => message.role === role && !message.isStep);
}

/**
 * The messages that a transcript can need: the first that was asked, the last where it is another, the last answer.
 */
export function chosenMessages(asked: FoundMessage[], answered: FoundMessage[]): SpanMessage[] {
  const chosen = new Set([asked[0], asked.at(-1), answered.at(-1)]);
  return [...chosen].filter((message) => message !== undefined).map(toSpanMessage);
}

/** Bare text, which came without a role, is a JSON string. */
function toSpanMessage(message: FoundMessage): SpanMessage {
  const role = message.role === "assistant" ? "assistant" : "user";
  const text = cutText(message.text.toWellFormed(), MAX_MESSAGE_BYTES);
  return { role, text, json: jsonOf(message) ?? JSON.stringify({ role, content: text }) };
}

/** The message as JSON text; null if that is over the limit for a value or nests too deeply to print. */
function jsonOf(message: FoundMessage): string | null {
  try {
    const json = message.print();
    return Buffer.byteLength(json) <= MAX_MESSAGE_BYTES ? json : null;
  } catch (error) {
    if (error instanceof RangeError || error instanceof InvalidRequestError) return null;
    throw error;
  }
}
