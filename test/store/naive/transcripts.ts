import { durationMilliseconds } from "../../../src/model/instant.ts";
import type { Message } from "../../../src/model/message.ts";
import type { NaiveRecord } from "./records.ts";

/** The transcript of a thread: the messages of the first source that has any. */
export function transcriptOf(record: NaiveRecord): { messages: Message[] } {
  const { chat, stateMessages } = record;
  return { messages: withResponseTimes(chat.messages.length > 0 ? chat.messages : stateMessages) };
}

/** The messages, with the response times that nobody gave measured. */
export function withResponseTimes(messages: Message[]): Message[] {
  return messages.map((message, index) => {
    const asked = messages.slice(0, index).findLast(({ role }) => role === "user");
    const isMeasured = message.role === "assistant" && asked && asked.createdAt !== message.createdAt;
    const measured = isMeasured ? durationMilliseconds(asked.createdAt, message.createdAt) : null;
    return { ...message, responseTimeMs: message.responseTimeMs ?? measured };
  });
}
