import type { Database } from "better-sqlite3";
import { expect } from "vitest";

/** A span as the file has it: whose it is, and its bytes as they came. */
export interface StoredBytes {
  projectId: string;
  traceId: string;
  spanId: string;
  payload: Buffer;
}

/** Every span of the file. */
export function readStored(db: Database): StoredBytes[] {
  return db
    .prepare<[], StoredBytes>(
      `SELECT project_id AS projectId, trace_id AS traceId, span_id AS spanId, payload
       FROM span JOIN trace ON trace.id = span.trace JOIN project ON project.id = trace.project
         LEFT JOIN span_payload ON span_payload.span = span.id`,
    )
    .all();
}

/** What a write that was cut in two would leave behind: rows whose other half is not there, counts that are off. */
const HALVES: Record<string, string> = {
  "spans without payload": "SELECT id FROM span WHERE id NOT IN (SELECT span FROM span_payload)",
  "payloads without span": "SELECT span FROM span_payload WHERE span NOT IN (SELECT id FROM span)",
  "payloads without origin": "SELECT span FROM span_payload WHERE origin NOT IN (SELECT id FROM origin)",
  "messages without span": "SELECT id FROM span_message WHERE span NOT IN (SELECT id FROM span)",
  "spans without trace": "SELECT id FROM span WHERE trace NOT IN (SELECT id FROM trace)",
  "spans of a lost thread": "SELECT id FROM span WHERE thread NOT IN (SELECT id FROM thread)",
  "spans of a lost turn": "SELECT id FROM span WHERE turn NOT IN (SELECT id FROM turn)",
  "turns without spans": "SELECT id FROM turn WHERE id NOT IN (SELECT turn FROM span WHERE turn IS NOT NULL)",
  "parts without spans": `SELECT id FROM part WHERE NOT EXISTS
    (SELECT 1 FROM span WHERE span.trace = part.trace AND span.thread = part.thread)`,
  "spans without part": `SELECT id FROM span WHERE thread IS NOT NULL AND NOT EXISTS
    (SELECT 1 FROM part WHERE span.trace = part.trace AND span.thread = part.thread)`,
  "traces whose count is off":
    "SELECT id FROM trace WHERE span_count <> (SELECT count(*) FROM span WHERE span.trace = trace.id)",
  "threads whose span count is off":
    "SELECT id FROM thread WHERE span_count <> (SELECT count(*) FROM span WHERE span.thread = thread.id)",
  "threads whose turn count is off":
    "SELECT id FROM thread WHERE turn_count <> (SELECT count(*) FROM turn WHERE turn.thread = thread.id)",
};

/** Fails if the file is damaged or holds a half of something. */
export function expectWhole(db: Database): void {
  expect(db.pragma("integrity_check", { simple: true })).toBe("ok");
  for (const [name, sql] of Object.entries(HALVES)) expect(db.prepare(sql).pluck().all(), name).toEqual([]);
}
