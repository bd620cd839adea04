import {
  type ShownTranscript,
  shownTranscript,
  TRANSCRIPT_SOURCES,
  type TranscriptSource,
  type TranscriptTotals,
} from "../../../model/transcripts/transcript-source.ts";
import { EMPTY_SUMMARY, type TranscriptSummary } from "../../../model/transcripts/transcript-summary.ts";
import { type Database, prepared } from "../connection/database.ts";
import { createStoredThreads } from "./thread-rows.ts";

/** Where messages come from, as columns have it: the place in `TRANSCRIPT_SOURCES`. */
export const APPENDED = 0;
export const OF_STATE = 1;
export const OF_TURNS = 2;

/** A source as columns have it. */
export function sourceNumber(source: TranscriptSource): number {
  return TRANSCRIPT_SOURCES.indexOf(source);
}

/** What a thread's row says of its transcript. */
export function transcriptColumns({ source, messages, tokens, lastMessageAt }: ShownTranscript) {
  return {
    message_source: sourceNumber(source),
    message_count: messages,
    message_tokens: tokens,
    last_message_at: lastMessageAt,
  };
}

/** Writes what is known of a thread's messages of each source, inside the caller's transaction. */
export interface TranscriptRows {
  put(thread: number, source: number, summary: TranscriptSummary): void;
  /** Forgets the messages of a source. */
  forget(thread: number, source: number): void;
  /** Copies what clients wrote. */
  copy(from: number, to: number): void;
  remove(thread: number): void;
  /** Writes in the thread's row which of its messages are its transcript, when the others have changed. */
  show(thread: number): void;
}

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
  const threads = createStoredThreads(db);

  return {
    put(thread, source, summary) {
      const { messages, tokens, lastMessageAt } = summary;
      upsert.run(thread, source, messages, tokens, lastMessageAt, JSON.stringify(summary));
    },
    forget: (thread, source) => void forget.run(thread, source),
    copy: (from, to) => void copy.run(to, from),
    remove: (thread) => void remove.run(thread),
    show(thread) {
      const shown = shownTranscript((source) => storedTotals(db, thread, source));
      threads.change(thread, transcriptColumns(shown));
    },
  };
}

/** What decides whether a source is shown; null where nothing is known of it. */
export function storedTotals(
  db: Database,
  thread: number,
  source: TranscriptSource,
): TranscriptTotals | null {
  const sql = `SELECT messages, tokens, last_message_at AS lastMessageAt FROM transcript
    WHERE thread = ? AND source = ?`;
  return prepared<TranscriptTotals>(db, sql).get(thread, sourceNumber(source)) ?? null;
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
