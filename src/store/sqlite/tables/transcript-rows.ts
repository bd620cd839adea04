import type { Instant } from "../../../model/base/instant.ts";
import { EMPTY_SUMMARY, type TranscriptSummary } from "../../../model/transcripts/transcript-summary.ts";
import { type Database, prepared } from "../connection/database.ts";
import { createStoredThreads } from "./thread-rows.ts";

/** Where messages come from, as columns have it. The first of them that has any is a thread's transcript. */
export const APPENDED = 0;
export const OF_STATE = 1;
export const OF_TURNS = 2;

/** Writes what is known of a thread's messages of each source, and in its row of those that are its transcript. */
export interface TranscriptRows {
  write(thread: number, source: number, summary: TranscriptSummary): void;
  /** The same without the thread's row. */
  put(thread: number, source: number, summary: TranscriptSummary): void;
  /** Forgets the messages of a source. */
  forget(thread: number, source: number): void;
  /** Copies what clients wrote. */
  copy(from: number, to: number): void;
  remove(thread: number): void;
}

interface ChosenRow {
  source: number;
  messages: number;
  tokens: number | null;
  lastMessageAt: Instant | null;
}

const NONE: ChosenRow = { source: OF_TURNS, messages: 0, tokens: null, lastMessageAt: null };

export function createTranscriptRows(db: Database): TranscriptRows {
  const upsert = db.prepare(
    `INSERT INTO transcript (thread, source, messages, tokens, last_message_at, summary) VALUES (?, ?, ?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET messages = excluded.messages, tokens = excluded.tokens,
       last_message_at = excluded.last_message_at, summary = excluded.summary`,
  );
  const forget = db.prepare<[number, number]>("DELETE FROM transcript WHERE thread = ? AND source = ?");
  const copy = db.prepare<[number, number]>(
    `INSERT INTO transcript (thread, source, messages, tokens, last_message_at, summary)
     SELECT ?, source, messages, tokens, last_message_at, summary FROM transcript
     WHERE thread = ? AND source < ${OF_TURNS}`,
  );
  const remove = db.prepare<[number]>("DELETE FROM transcript WHERE thread = ?");
  const first = db.prepare<[number], ChosenRow>(
    `SELECT source, messages, tokens, last_message_at AS lastMessageAt FROM transcript
     WHERE thread = ? AND messages > 0 ORDER BY source LIMIT 1`,
  );
  const threads = createStoredThreads(db);

  function choose(thread: number): void {
    const { source, messages, tokens, lastMessageAt } = first.get(thread) ?? NONE;
    threads.change(thread, {
      message_source: source,
      message_count: messages,
      message_tokens: tokens,
      last_message_at: lastMessageAt,
    });
  }

  function put(thread: number, source: number, summary: TranscriptSummary): void {
    const { messages, tokens, lastMessageAt } = summary;
    upsert.run(thread, source, messages, tokens, lastMessageAt, JSON.stringify(summary));
  }

  return {
    write(thread, source, summary) {
      put(thread, source, summary);
      choose(thread);
    },
    put,
    forget(thread, source) {
      forget.run(thread, source);
      choose(thread);
    },
    copy(from, to) {
      copy.run(to, from);
      choose(to);
    },
    remove(thread) {
      remove.run(thread);
      choose(thread);
    },
  };
}

/** The summary of a thread's messages of a source, as JSON; null where there is none. */
export function storedSummary(db: Database, thread: number, source: number): string | null {
  const sql = "SELECT summary FROM transcript WHERE thread = ? AND source = ?";
  return prepared<{ summary: string }>(db, sql).get(thread, source)?.summary ?? null;
}

/** The summary of a thread's messages of a source. */
export function readSummary(db: Database, thread: number, source: number): TranscriptSummary {
  return toSummary(storedSummary(db, thread, source));
}

/** A summary as it is stored. */
export function toSummary(stored: string | null): TranscriptSummary {
  return stored === null ? EMPTY_SUMMARY : (JSON.parse(stored) as TranscriptSummary);
}
