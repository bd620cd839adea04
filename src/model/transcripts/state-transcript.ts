import type { Instant } from "../base/instant.ts";
import { isPlainObject, type PlainObject, plainJson } from "../json/plain.ts";
import { printJson } from "../json/print.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "../json/value.ts";
import type { Message } from "./message.ts";
import { bodyOf, readMessage } from "./message-content.ts";
import { addMessages, EMPTY_SUMMARY, type TranscriptSummary } from "./transcript-summary.ts";

/** An utterance in a state, and its place in the state's list of messages, which holds other things too. */
export interface StateMessage extends Message {
  listed: number;
}

/** The list of messages in the values of a state. */
export function messageList(values: JsonObject | null): JsonValue[] {
  const messages = values?.get("messages");
  return Array.isArray(messages) ? messages : [];
}

/** What the messages of a state have to become when another state follows it. */
export interface TranscriptChange {
  /** How many messages stay as they are; null if all do. */
  staying: number | null;
  /** The messages that come after those that stay. */
  added: StateMessage[];
  /** The summary of all of them. */
  summary: TranscriptSummary;
}

/** What is asked of the messages of the state before. */
export interface StateTranscript {
  summary(): TranscriptSummary;
  /** Its messages before a place of the state's list, in their order. */
  before(listed: number): Iterable<Message>;
  /** When each of its messages from a place of the list on came, by its id. */
  timesFrom(listed: number): Map<string, Instant>;
}

/** A state that becomes the latest of a thread, and what it follows. */
export interface StateStep {
  /** The values that were the latest. */
  before: JsonObject | null;
  after: JsonObject;
  /** Whether the thread has messages that were appended: then those of its states are not kept. */
  hasAppended: boolean;
  now: Instant;
}

/**
 * What follows for the transcript of a thread's state when another state becomes the latest. Messages that are added at
 * the end are all that is new then; where others change, all from the first of them on are made anew. Null where
 * nothing is to be written.
 */
export function followState(
  { before, after, hasAppended, now }: StateStep,
  transcript: StateTranscript,
): TranscriptChange | null {
  if (hasAppended) return null;
  const [old, list] = [messageList(before), messageList(after)];
  const unchanged = unchangedMessages(old, list);
  const isCut = unchanged < old.length;
  if (!isCut && unchanged === list.length) return null;
  const times = isCut ? transcript.timesFrom(unchanged) : null;
  const start = isCut
    ? addMessages(EMPTY_SUMMARY, transcript.before(unchanged)).summary
    : transcript.summary();
  const { summary, messages: added } = addMessages(
    start,
    stateMessages(list, unchanged, (id) => times?.get(id) ?? now),
  );
  return { staying: isCut ? start.messages : null, added, summary };
}

/**
 * The transcript of a state that came from elsewhere, by the times its messages came, in their order. One whose time is
 * not told came with the state.
 */
export function importedTranscript(
  values: JsonObject,
  messageTimes: Instant[],
  createdAt: Instant,
): { summary: TranscriptSummary; messages: StateMessage[] } {
  const messages = stateMessages(messageList(values), 0, () => createdAt);
  return addMessages(
    EMPTY_SUMMARY,
    messages.map((message, index) => ({ ...message, createdAt: messageTimes[index] ?? createdAt })),
  );
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
