import type { Instant } from "../base/instant.ts";
import { isPlainObject, type PlainObject, plainJson } from "../json/plain.ts";
import { printJson } from "../json/print.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "../json/value.ts";
import type { Message } from "./message.ts";
import { bodyOf, readMessage } from "./message-content.ts";

/** An utterance in a state, and its place in the state's list of messages, which holds other things too. */
export interface StateMessage extends Message {
  listed: number;
}

/** The list of messages in the values of a state. */
export function messageList(values: JsonObject | null): JsonValue[] {
  const messages = values?.get("messages");
  return Array.isArray(messages) ? messages : [];
}

/** How many messages at the start of a state's list are as they were in the list before it. */
export function unchangedMessages(before: JsonValue[], after: JsonValue[]): number {
  const changed = before.findIndex((message, index) => !isSame(message, after[index]));
  return changed === -1 ? before.length : changed;
}

function isSame(a: JsonValue, b: JsonValue | undefined): boolean {
  return a === b || (b !== undefined && printJson(a) === printJson(b));
}

/**
 * The utterances in a state's list from a place on: what users and assistants say, in LangChain's and OpenAI's shapes.
 * Calls of tools, their results and instructions to the model are steps, and no part of the transcript.
 *
 * Messages in a state have no time of their own. A message is of the moment from which on every state had one of its
 * id; one without an id has its place in the list for one.
 *
 * @param cameAt when the message of this id came
 */
export function stateMessages(
  list: JsonValue[],
  start: number,
  cameAt: (messageId: string) => Instant,
): StateMessage[] {
  return list.slice(start).flatMap((value, index) => {
    const plain = isJsonObject(value) ? withRole(plainJson(value) as PlainObject) : {};
    const found = readMessage(plain);
    if (!found || found.role === null || found.isStep) return [];
    const listed = start + index;
    const body = bodyOf(plain);
    const messageId = textOf(plain.id) ?? textOf(body.id) ?? `#${listed}`;
    return {
      messageId,
      role: found.role,
      createdAt: cameAt(messageId),
      text: found.text,
      json: printJson(value),
      ...(found.role === "assistant" ? authorOf(body) : NO_AUTHOR),
      responseTimeMs: null,
      listed,
    };
  });
}

/** LangChain also takes the names of roles as types. */
function withRole(message: PlainObject): PlainObject {
  const { role, type } = message;
  return role === undefined && (type === "user" || type === "assistant")
    ? { ...message, role: type }
    : message;
}

const NO_AUTHOR = { agent: null, model: null, inputTokens: null, outputTokens: null };

/** What LangChain says of who made a message, and of what it took. */
function authorOf({
  name,
  response_metadata,
  usage_metadata,
}: PlainObject): Pick<Message, "agent" | "model" | "inputTokens" | "outputTokens"> {
  const response = isPlainObject(response_metadata) ? response_metadata : {};
  const usage = isPlainObject(usage_metadata) ? usage_metadata : {};
  return {
    agent: textOf(name),
    model: textOf(response.model_name) ?? textOf(response.model),
    inputTokens: countOf(usage.input_tokens),
    outputTokens: countOf(usage.output_tokens),
  };
}

function textOf(value: unknown): string | null {
  return typeof value === "string" && value !== "" ? value : null;
}

function countOf(value: unknown): number | null {
  return Number.isSafeInteger(value) && (value as number) >= 0 ? (value as number) : null;
}
