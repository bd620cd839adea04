import type { Instant } from "../../../model/base/instant.ts";
import type { Message } from "../../../model/transcripts/message.ts";
import {
  addToSummary,
  responseTimeOf,
  type TranscriptSummary,
} from "../../../model/transcripts/transcript-summary.ts";
import { type Database, prepared } from "../connection/database.ts";
import { APPENDED, createTranscriptRows, OF_STATE, readSummary } from "./transcript-rows.ts";

/** Writes the messages of threads, inside the caller's transaction, and what follows from them. */
export interface MessageRows {
  /** Adds those messages that the thread has not yet; returns how many they were. */
  append(thread: number, messages: Message[]): number;
  copy(from: number, to: number): void;
  remove(thread: number): void;
}

export function createMessageRows(db: Database): MessageRows {
  const transcripts = createTranscriptRows(db);
  const addMessage = createMessageInsert(db);
  const removeMessages = createMessageRemoval(db);
  const find = db.prepare<[number, string]>(
    `SELECT 1 FROM message WHERE thread = ? AND message_id = ? AND source = ${APPENDED}`,
  );
  const copyRows = db.prepare(
    `INSERT INTO message (thread, source, position, message_id, role, created_at, agent, model, input_tokens,
       output_tokens, response_time_ms, listed)
     SELECT $to, source, position, message_id, role, created_at, agent, model, input_tokens, output_tokens,
       response_time_ms, listed
     FROM message WHERE thread = $from`,
  );
  const copyBodies = db.prepare(
    `INSERT INTO message_body (message, text, json)
     SELECT copied.id, text, json FROM message AS copied
       JOIN message AS given
         ON given.thread = $from AND given.source = copied.source AND given.position = copied.position
       JOIN message_body ON message_body.message = given.id
     WHERE copied.thread = $to`,
  );

  return {
    append(thread, messages) {
      const before = readSummary(db, thread, APPENDED);
      let summary = before;
      for (const message of messages) {
        if (find.get(thread, message.messageId) !== undefined) continue;
        summary = addMessage(thread, APPENDED, summary, message, null);
      }
      if (summary === before) return 0;
      // From now on nothing asks for the messages of its state.
      if (before.messages === 0) {
        removeMessages(thread, OF_STATE, 0);
        transcripts.forget(thread, OF_STATE);
      }
      transcripts.write(thread, APPENDED, summary);
      return summary.messages - before.messages;
    },

    copy(from, to) {
      copyRows.run({ from, to });
      copyBodies.run({ from, to });
      transcripts.copy(from, to);
    },

    remove(thread) {
      for (const source of [APPENDED, OF_STATE]) removeMessages(thread, source, 0);
      transcripts.remove(thread);
    },
  };
}

/** Makes the function that adds a message at the end of those of a source; returns the summary with it. */
export function createMessageInsert(db: Database) {
  const add = db.prepare(
    `INSERT INTO message (thread, source, position, message_id, role, created_at, agent, model, input_tokens,
       output_tokens, response_time_ms, listed)
     VALUES ($thread, $source, $position, $messageId, $role, $createdAt, $agent, $model, $inputTokens, $outputTokens,
       $responseTimeMs, $listed)`,
  );
  const addBody = db.prepare("INSERT INTO message_body (message, text, json) VALUES (?, ?, ?)");
  return (
    thread: number,
    source: number,
    summary: TranscriptSummary,
    message: Message,
    listed: number | null,
  ): TranscriptSummary => {
    const added = { ...message, responseTimeMs: responseTimeOf(summary, message) };
    const { text, json, ...row } = added;
    const { lastInsertRowid } = add.run({ ...row, thread, source, position: summary.messages, listed });
    addBody.run(lastInsertRowid, text, json);
    return addToSummary(summary, added);
  };
}

/** Makes the function that removes a thread's messages of a source, from a position on. */
export function createMessageRemoval(db: Database) {
  const which = "thread = ? AND source = ? AND position >= ?";
  const removals = [
    `DELETE FROM message_body WHERE message IN (SELECT id FROM message WHERE ${which})`,
    `DELETE FROM message WHERE ${which}`,
  ].map((sql) => db.prepare<[number, number, number]>(sql));
  return (thread: number, source: number, from: number): void => {
    for (const statement of removals) statement.run(thread, source, from);
  };
}

/** When each message of a thread's latest state came, in their order; empty where nothing asks for them. */
export function timesOfState(db: Database, thread: number): Instant[] {
  const sql = "SELECT created_at FROM message WHERE thread = ? AND source = ? ORDER BY position";
  return prepared<Instant>(db, sql).pluck().all(thread, OF_STATE) as Instant[];
}
