import { existsSync } from "node:fs";
import Database from "better-sqlite3";
import { expect } from "vitest";

const HEX = "[0-9a-f]";

/** UUIDs in lower case, as a pattern of GLOB. */
const UUID = [8, 4, 4, 4, 12].map((digits) => HEX.repeat(digits)).join("-");

/** Each thread with what its row says and what follows from the rest of the file, worked out here anew. */
const THREADS = `
  WITH told AS (
    SELECT thread.*, made_at IS NOT NULL OR EXISTS (SELECT 1 FROM span WHERE thread = thread.id) AS is_record,
      coalesce(made_at, (SELECT min(started_at) FROM turn WHERE thread = thread.id),
        (SELECT min(started_at) FROM span WHERE thread = thread.id)) AS created,
      coalesce((SELECT max(ended_at) FROM turn WHERE thread = thread.id),
        (SELECT max(started_at) FROM turn WHERE thread = thread.id)) AS last_turn
    FROM thread
  )
  SELECT thread_id,
    json_array(listed, created_at, updated_at, state_updated_at) AS stored,
    json_array(
      iif(is_record, thread_id GLOB '${UUID}', NULL),
      iif(is_record, created, NULL),
      iif(is_record, max(coalesce(changed_at, created), coalesce(last_turn, created)), NULL),
      iif(is_record, coalesce(state_changed_at, created), NULL)
    ) AS derived
  FROM told WHERE stored != derived`;

const RECORDS_STORED =
  "SELECT project, listed, status, records FROM record_count WHERE records != 0 ORDER BY 1, 2, 3";
const RECORDS_DERIVED = `SELECT project, listed, status, count(*) AS records FROM thread
  WHERE listed IS NOT NULL GROUP BY project, listed, status ORDER BY 1, 2, 3`;

const CHATS_STORED = `SELECT project, project_type, archived, threads, messages, tokens, with_tokens FROM chat_count
  WHERE threads != 0 OR messages != 0 OR tokens != 0 OR with_tokens != 0 ORDER BY 1, 2, 3`;
const CHATS_DERIVED = `SELECT project, project_type, archived, count(*) AS threads, sum(message_count) AS messages,
    CAST(total(coalesce(message_tokens, input_tokens + output_tokens)) AS INTEGER) AS tokens,
    count(coalesce(message_tokens, nullif(input_tokens + output_tokens, 0))) AS with_tokens
  FROM thread WHERE listed IS NOT NULL GROUP BY project, project_type, archived ORDER BY 1, 2, 3`;

/** Refs that calls have left behind. */
const LOST_REFS = "SELECT call FROM call_ref WHERE call NOT IN (SELECT id FROM call)";

/**
 * Fails unless the kinds and times in thread rows, and the counters of records and chats, are what a computation from
 * scratch, in SQL, makes of a file.
 */
export function expectDerivedRows(file: string): void {
  // A test may have moved it away.
  if (!existsSync(file)) return;
  const db = new Database(file, { readonly: true, fileMustExist: true });
  try {
    expect(db.prepare(THREADS).all(), "kinds and times of threads").toEqual([]);
    expect(db.prepare(RECORDS_STORED).all(), "numbers of records").toEqual(db.prepare(RECORDS_DERIVED).all());
    expect(db.prepare(CHATS_STORED).all(), "sums of chats").toEqual(db.prepare(CHATS_DERIVED).all());
    expect(db.prepare(LOST_REFS).all(), "refs of calls that are gone").toEqual([]);
  } finally {
    db.close();
  }
}
