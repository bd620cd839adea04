import type { Message } from "../../model/message.ts";
import {
  addToSummary,
  EMPTY_SUMMARY,
  responseTimeOf,
  type TranscriptSummary,
} from "../../model/transcript-summary.ts";
import { type Database, prepared } from "./database.ts";

/** Writes the messages of threads, inside the caller's transaction, and what threads' rows say of them. */
export interface MessageWrites {
  /** Adds those messages that the thread has not yet; returns how many they were. */
  append(thread: number, messages: Message[]): number;
  copy(from: number, to: number): void;
  remove(thread: number): void;
}

export function createMessageWrites(db: Database): MessageWrites {
  const find = db.prepare<[number, string]>("SELECT 1 FROM message WHERE thread = ? AND message_id = ?");
  const add = db.prepare(
    `INSERT INTO message (thread, position, message_id, role, created_at, agent, model, input_tokens, output_tokens,
       response_time_ms)
     VALUES ($thread, $position, $messageId, $role, $createdAt, $agent, $model, $inputTokens, $outputTokens,
       $responseTimeMs)`,
  );
  const addBody = db.prepare("INSERT INTO message_body (message, text, json) VALUES (?, ?, ?)");
  const putSummary = db.prepare("INSERT OR REPLACE INTO transcript (thread, summary) VALUES (?, ?)");
  const setCounts = db.prepare(
    `UPDATE thread SET message_count = $messages, message_tokens = $tokens, last_message_at = $lastMessageAt
     WHERE id = $thread`,
  );
  const copyRows = db.prepare(
    `INSERT INTO message (thread, position, message_id, role, created_at, agent, model, input_tokens, output_tokens,
       response_time_ms)
     SELECT $to, position, message_id, role, created_at, agent, model, input_tokens, output_tokens, response_time_ms
     FROM message WHERE thread = $from`,
  );
  const copyBodies = db.prepare(
    `INSERT INTO message_body (message, text, json)
     SELECT copied.id, text, json FROM message AS copied
       JOIN message AS source ON source.thread = $from AND source.position = copied.position
       JOIN message_body ON message_body.message = source.id
     WHERE copied.thread = $to`,
  );
  const removeBodies = db.prepare<[number]>(
    "DELETE FROM message_body WHERE message IN (SELECT id FROM message WHERE thread = ?)",
  );
  const removeRows = db.prepare<[number]>("DELETE FROM message WHERE thread = ?");
  const removeSummary = db.prepare<[number]>("DELETE FROM transcript WHERE thread = ?");

  function writeSummary(thread: number, summary: TranscriptSummary): void {
    const { messages, tokens, lastMessageAt } = summary;
    putSummary.run(thread, JSON.stringify(summary));
    setCounts.run({ thread, messages, tokens, lastMessageAt });
  }

  return {
    append(thread, messages) {
      const before = readSummary(db, thread);
      let summary = before;
      for (const message of messages) {
        if (find.get(thread, message.messageId) !== undefined) continue;
        const { text, json, ...row } = { ...message, responseTimeMs: responseTimeOf(summary, message) };
        const { lastInsertRowid } = add.run({ ...row, thread, position: summary.messages });
        addBody.run(lastInsertRowid, text, json);
        summary = addToSummary(summary, { ...row, text, json });
      }
      if (summary !== before) writeSummary(thread, summary);
      return summary.messages - before.messages;
    },

    copy(from, to) {
      const summary = readSummary(db, from);
      if (summary.messages === 0) return;
      copyRows.run({ from, to });
      copyBodies.run({ from, to });
      writeSummary(to, summary);
    },

    remove(thread) {
      removeBodies.run(thread);
      removeRows.run(thread);
      removeSummary.run(thread);
    },
  };
}

/** The summary of a thread's messages. */
function readSummary(db: Database, thread: number): TranscriptSummary {
  const stored = prepared<{ summary: string }>(db, "SELECT summary FROM transcript WHERE thread = ?").get(
    thread,
  );
  return stored ? toSummary(stored.summary) : EMPTY_SUMMARY;
}

/** A summary as it is stored. */
export function toSummary(stored: string | null): TranscriptSummary {
  return stored === null ? EMPTY_SUMMARY : (JSON.parse(stored) as TranscriptSummary);
}
