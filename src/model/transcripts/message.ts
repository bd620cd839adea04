import type { Instant } from "../base/instant.ts";
import type { ThreadKeyAt } from "../threads/thread-record.ts";

/** How many messages one request may append. */
export const MAX_APPENDED_MESSAGES = 100;

/** One utterance of a thread. */
export interface Message {
  /** Unique in the thread. */
  messageId: string;
  /** By `messageRole`: "user", "assistant", or what else the client calls it. */
  role: string;
  createdAt: Instant;
  /** The text for people; empty when it has none. */
  text: string;
  /** The message as it came, as JSON text. */
  json: string;
  agent: string | null;
  model: string | null;
  /** Null where nobody said. */
  inputTokens: number | null;
  outputTokens: number | null;
  /** As given; else, of an assistant's, the time since the last user message before it, where it is of another moment. */
  responseTimeMs: number | null;
}

/** A message with its place in the transcript. */
export interface PlacedMessage extends Message {
  place: MessagePlace;
}

/** A place in a transcript from which a later read can go on; what it holds is the store's own affair. */
export type MessagePlace = (number | string)[];

/** Asks for a stretch of a thread's transcript. */
export interface MessageQuery extends ThreadKeyAt {
  limit: number;
  /** How many messages to pass over, counted from the end the query starts at or from its cursor. */
  offset: number;
  /** Which end of the transcript the stretch is nearest to. */
  from: "oldest" | "newest";
  /** Goes on past this place, away from that end; null to start there. */
  cursor: MessagePlace | null;
}

/** Messages to put at the end of a transcript, in this order, whatever their times. */
export interface MessageAppend extends ThreadKeyAt {
  /** Up to `MAX_APPENDED_MESSAGES`. A message whose id the thread has already is passed over. */
  messages: Message[];
  /** Who writes; null when nobody knows. */
  by: string | null;
}

/** Which of some messages are new to a transcript, each id once: of two with one id the first counts. */
export function newMessages(messages: Message[], knownIds: Iterable<string>): Message[] {
  const known = new Set(knownIds);
  return messages.filter(({ messageId }) => {
    const isNew = !known.has(messageId);
    known.add(messageId);
    return isNew;
  });
}

const ROLES: Record<string, "user" | "assistant"> = {
  user: "user",
  human: "user",
  assistant: "assistant",
  ai: "assistant",
  model: "assistant",
};

/** One name for a role that clients name in several ways; a role that is neither user nor assistant stays as it is. */
export function messageRole(name: string): string {
  const lower = name.toLowerCase();
  return Object.hasOwn(ROLES, lower) ? ROLES[lower]! : name;
}
