import type { Instant } from "../../../../model/base/instant.ts";
import type { JsonObject } from "../../../../model/json/value.ts";
import type { Message } from "../../../../model/transcripts/message.ts";
import {
  messageList,
  stateMessages,
  unchangedMessages,
} from "../../../../model/transcripts/state-transcript.ts";
import {
  addToSummary,
  EMPTY_SUMMARY,
  type TranscriptSummary,
} from "../../../../model/transcripts/transcript-summary.ts";
import type { EntryOf } from "../../../../model/transfer.ts";
import type { Database } from "../../connection/database.ts";
import { createMessageInsert, createMessageRemoval } from "../../tables/message-rows.ts";
import { APPENDED, createTranscriptRows, OF_STATE, readSummary } from "../../tables/transcript-rows.ts";

/** Makes a thread's messages those of its latest state, inside the caller's transaction. */
export type StateMessages = (change: {
  thread: number;
  /** The values that were the latest. */
  before: JsonObject | null;
  after: JsonObject;
  now: Instant;
}) => void;

/**
 * Compares the state with the one before it: messages that are added at the end are all that is written then. Where
 * others change, all from the first of them on are written anew.
 */
export function createStateMessages(db: Database): StateMessages {
  const transcripts = createTranscriptRows(db);
  const addMessage = createMessageInsert(db);
  const removeMessages = createMessageRemoval(db);
  const isUnused = db.prepare<[number, number]>("SELECT 1 FROM transcript WHERE thread = ? AND source = ?");
  const changed = db.prepare<[number, number, number], { messageId: string; createdAt: Instant }>(
    `SELECT message_id AS messageId, created_at AS createdAt FROM message
     WHERE thread = ? AND source = ? AND listed >= ?`,
  );
  const staying = db.prepare<[number, number, number], Message>(
    `SELECT message_id AS messageId, role, created_at AS createdAt, agent, model, input_tokens AS inputTokens,
       output_tokens AS outputTokens, response_time_ms AS responseTimeMs, text, json
     FROM message JOIN message_body ON message_body.message = message.id
     WHERE thread = ? AND source = ? AND listed < ? ORDER BY position`,
  );

  /** Removes the messages from a place of the state's list on; the summary of those before it. */
  function cut(thread: number, listed: number): TranscriptSummary {
    let summary = EMPTY_SUMMARY;
    for (const message of staying.iterate(thread, OF_STATE, listed)) summary = addToSummary(summary, message);
    removeMessages(thread, OF_STATE, summary.messages);
    return summary;
  }

  return ({ thread, before, after, now }) => {
    const [old, list] = [messageList(before), messageList(after)];
    const unchanged = unchangedMessages(old, list);
    const isCut = unchanged < old.length;
    if ((!isCut && unchanged === list.length) || isUnused.get(thread, APPENDED) !== undefined) return;
    const times = new Map(
      isCut
        ? changed.all(thread, OF_STATE, unchanged).map(({ messageId, createdAt }) => [messageId, createdAt])
        : [],
    );
    let summary = isCut ? cut(thread, unchanged) : readSummary(db, thread, OF_STATE);
    for (const { listed, ...message } of stateMessages(list, unchanged, (id) => times.get(id) ?? now)) {
      summary = addMessage(thread, OF_STATE, summary, message, listed);
    }
    transcripts.write(thread, OF_STATE, summary);
  };
}

/** Makes the function that makes a thread's messages those of its latest state, by the times they are known to have come. */
export function createStateMessageImport(db: Database) {
  const transcripts = createTranscriptRows(db);
  const addMessage = createMessageInsert(db);
  const removeMessages = createMessageRemoval(db);
  return (
    thread: number,
    values: JsonObject,
    { messageTimes, createdAt }: Pick<EntryOf<"checkpoint">, "messageTimes" | "createdAt">,
  ): void => {
    if (readSummary(db, thread, APPENDED).messages > 0) return;
    removeMessages(thread, OF_STATE, 0);
    let summary = EMPTY_SUMMARY;
    const cameNext = () => messageTimes[summary.messages] ?? createdAt;
    for (const { listed, ...message } of stateMessages(messageList(values), 0, () => 0)) {
      summary = addMessage(thread, OF_STATE, summary, { ...message, createdAt: cameNext() }, listed);
    }
    transcripts.write(thread, OF_STATE, summary);
  };
}
