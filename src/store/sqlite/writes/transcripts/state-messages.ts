import type { Instant } from "../../../../model/base/instant.ts";
import type { JsonObject } from "../../../../model/json/value.ts";
import type { Message } from "../../../../model/transcripts/message.ts";
import {
  followState,
  importedTranscript,
  type StateStep,
} from "../../../../model/transcripts/state-transcript.ts";
import type { TranscriptSummary } from "../../../../model/transcripts/transcript-summary.ts";
import type { EntryOf } from "../../../../model/transfer.ts";
import type { Database } from "../../connection/database.ts";
import { createMessageInsert, createMessageRemoval } from "../../tables/message-rows.ts";
import { APPENDED, createTranscriptRows, OF_STATE, readSummary } from "../../tables/transcript-rows.ts";

/**
 * Makes a thread's messages those of its latest state, inside the caller's transaction; returns what they are then,
 * which the thread's row is yet to say, or null if nothing changed.
 */
export type StateMessages = (change: StateStep & { thread: number }) => TranscriptSummary | null;

/** What follows says `followState`. */
export function createStateMessages(db: Database): StateMessages {
  const transcripts = createTranscriptRows(db);
  const addMessages = createMessageInsert(db);
  const removeMessages = createMessageRemoval(db);
  const cameFrom = db.prepare<[number, number, number], { messageId: string; createdAt: Instant }>(
    `SELECT message_id AS messageId, created_at AS createdAt FROM message
     WHERE thread = ? AND source = ? AND listed >= ?`,
  );
  const before = db.prepare<[number, number, number], Message>(
    `SELECT message_id AS messageId, role, created_at AS createdAt, agent, model, input_tokens AS inputTokens,
       output_tokens AS outputTokens, response_time_ms AS responseTimeMs, text, json
     FROM message JOIN message_body ON message_body.message = message.id
     WHERE thread = ? AND source = ? AND listed < ? ORDER BY position`,
  );

  return ({ thread, ...states }) => {
    const change = followState(states, {
      summary: () => readSummary(db, thread, OF_STATE),
      before: (listed) => before.iterate(thread, OF_STATE, listed),
      timesFrom: (listed) =>
        new Map(
          cameFrom
            .all(thread, OF_STATE, listed)
            .map(({ messageId, createdAt }): [string, Instant] => [messageId, createdAt]),
        ),
    });
    if (change === null) return null;
    const { staying, added, summary } = change;
    if (staying !== null) removeMessages(thread, OF_STATE, staying);
    addMessages(thread, OF_STATE, summary.messages - added.length, added);
    transcripts.put(thread, OF_STATE, summary);
    return summary;
  };
}

/** Makes the function that makes a thread's messages those of its latest state, by the times they are known to have come. */
export function createStateMessageImport(db: Database) {
  const transcripts = createTranscriptRows(db);
  const addMessages = createMessageInsert(db);
  const removeMessages = createMessageRemoval(db);
  return (
    thread: number,
    values: JsonObject,
    { messageTimes, createdAt }: Pick<EntryOf<"checkpoint">, "messageTimes" | "createdAt">,
  ): void => {
    if (readSummary(db, thread, APPENDED).messages > 0) return;
    removeMessages(thread, OF_STATE, 0);
    const { summary, messages } = importedTranscript(values, messageTimes, createdAt);
    addMessages(thread, OF_STATE, 0, messages);
    transcripts.put(thread, OF_STATE, summary);
    transcripts.show(thread);
  };
}
