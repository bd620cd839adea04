import type { Instant } from "../../../model/base/instant.ts";
import { type Message, newMessages } from "../../../model/transcripts/message.ts";
import { addMessages, type TranscriptSummary } from "../../../model/transcripts/transcript-summary.ts";
import { type Database, prepared } from "../connection/database.ts";
import { createRowsInsert } from "../connection/rows-insert.ts";
import { APPENDED, createTranscriptRows, OF_STATE, readSummary } from "./transcript-rows.ts";

/** Writes the messages of threads, inside the caller's transaction, and what is known of all those of a source. */
export interface MessageRows {
  /**
   * Appends those messages that the thread has not yet.
   *
   * @param before what the messages are that were appended before
   * @returns what they are with these, which the thread's row is yet to say; null if none is new
   */
  append(thread: number, before: TranscriptSummary, messages: Message[]): TranscriptSummary | null;
  /** Does the same for a thread of which nothing is read yet, and has its row say so. */
  appendAndShow(thread: number, messages: Message[]): void;
  copy(from: number, to: number): void;
  remove(thread: number): void;
}

export function createMessageRows(db: Database): MessageRows {
  const transcripts = createTranscriptRows(db);
  const insert = createMessageInsert(db);
  const removeMessages = createMessageRemoval(db);
  const known = (ids: string) =>
    db
      .prepare<[number, string], string>(
        `SELECT message_id FROM message WHERE thread = ? AND source = ${APPENDED} AND message_id ${ids}`,
      )
      .pluck();
  const [one, some] = [known("= ?"), known("IN (SELECT value FROM json_each(?))")];
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

  /** Which of the ids of some messages the thread has. A list costs four times what one id by itself does. */
  function knownIds(thread: number, messages: Message[]): string[] {
    const ids = messages.map(({ messageId }) => messageId);
    return ids.length === 1 ? one.all(thread, ids[0]!) : some.all(thread, JSON.stringify(ids));
  }

  function append(thread: number, before: TranscriptSummary, messages: Message[]): TranscriptSummary | null {
    const isFirst = before.messages === 0;
    const fresh = newMessages(messages, isFirst ? [] : knownIds(thread, messages));
    if (fresh.length === 0) return null;
    const { summary, messages: added } = addMessages(before, fresh);
    insert(thread, APPENDED, before.messages, added);
    // From now on nothing asks for the messages of its state.
    if (isFirst) {
      removeMessages(thread, OF_STATE, 0);
      transcripts.forget(thread, OF_STATE);
    }
    transcripts.put(thread, APPENDED, summary);
    return summary;
  }

  return {
    append,
    appendAndShow(thread, messages) {
      if (append(thread, readSummary(db, thread, APPENDED), messages) !== null) transcripts.show(thread);
    },

    copy(from, to) {
      copyRows.run({ from, to });
      copyBodies.run({ from, to });
      transcripts.copy(from, to);
      transcripts.show(to);
    },

    remove(thread) {
      for (const source of [APPENDED, OF_STATE]) removeMessages(thread, source, 0);
      transcripts.remove(thread);
      transcripts.show(thread);
    },
  };
}

/**
 * Makes the function that writes messages of a source from a position on; `listed` tells the place of each in the list
 * of its state.
 */
export function createMessageInsert(db: Database) {
  const add = createRowsInsert(db, "message", [
    "thread",
    "source",
    "position",
    "message_id",
    "role",
    "created_at",
    "agent",
    "model",
    "input_tokens",
    "output_tokens",
    "response_time_ms",
    "listed",
  ]);
  const addBodies = createRowsInsert(db, "message_body", ["message", "text", "json"]);
  return (
    thread: number,
    source: number,
    start: number,
    messages: (Message & { listed?: number })[],
  ): void => {
    const first = add(
      messages.map((message, index) => {
        const { messageId, role, createdAt, agent, model, inputTokens, outputTokens, responseTimeMs } =
          message;
        const place = [thread, source, start + index, messageId, role, createdAt];
        return [...place, agent, model, inputTokens, outputTokens, responseTimeMs, message.listed ?? null];
      }),
    );
    addBodies(messages.map(({ text, json }, index) => [first + index, text, json]));
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
