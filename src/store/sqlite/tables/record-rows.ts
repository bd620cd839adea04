import type { Instant } from "../../../model/base/instant.ts";
import {
  type StoredDocument,
  THREAD_STATUSES,
  type ThreadRecord,
  type TtlStrategy,
} from "../../../model/threads/thread-record.ts";
import { nextExpiry } from "../../../model/threads/ttl.ts";
import type { WholeRecord } from "../../roles/records.ts";
import { type Database, findProject, prepared } from "../connection/database.ts";

/** A thread's row, as far as records go. */
export interface RecordRow {
  id: number;
  project: number;
  threadId: string;
  /** Null while spans alone have made the thread. */
  madeAt: Instant | null;
  /** When a client last changed it, and its state; null while none has. */
  changedAt: Instant | null;
  stateChangedAt: Instant | null;
  /** The end of its last turn; null while it has none. */
  lastUpdated: Instant | null;
  createdAt: Instant;
  updatedAt: Instant;
  stateUpdatedAt: Instant;
  status: number;
  /** Null for a row that is no record; 1 if the id is a UUID in lower case. */
  listed: number | null;
  /** The row of the latest checkpoint. */
  head: number | null;
  /** What its transcript is and has: see `shownTranscript`. */
  messageSource: number;
  messageCount: number;
  messageTokens: number | null;
  lastMessageAt: Instant | null;
  ttlStrategy: TtlStrategy | null;
  ttlMinutes: number | null;
  expiresAt: Instant | null;
  /** The number of the rules that what follows from its states was derived by. */
  rules: number;
}

/** What of a row the model has. */
export type ShownRow = Pick<
  RecordRow,
  | "id"
  | "threadId"
  | "createdAt"
  | "updatedAt"
  | "stateUpdatedAt"
  | "status"
  | "ttlStrategy"
  | "ttlMinutes"
  | "expiresAt"
>;

export const SHOWN_COLUMNS = `thread.id, thread.thread_id AS threadId, thread.created_at AS createdAt,
  thread.updated_at AS updatedAt, thread.state_updated_at AS stateUpdatedAt, thread.status,
  thread.ttl_strategy AS ttlStrategy, thread.ttl_minutes AS ttlMinutes, thread.expires_at AS expiresAt`;

const RECORD_COLUMNS = `${SHOWN_COLUMNS}, thread.project, thread.made_at AS madeAt, thread.listed, thread.head,
  thread.changed_at AS changedAt, thread.state_changed_at AS stateChangedAt, thread.last_updated AS lastUpdated,
  thread.message_source AS messageSource, thread.message_count AS messageCount,
  thread.message_tokens AS messageTokens, thread.last_message_at AS lastMessageAt, thread.rules`;

/** The row of a thread, whether it is a record or not. */
export function findRow(db: Database, project: number, threadId: string): RecordRow | null {
  const sql = `SELECT ${RECORD_COLUMNS} FROM thread WHERE project = ? AND thread_id = ?`;
  return prepared<RecordRow>(db, sql).get(project, threadId) ?? null;
}

/** The row of this id; undefined if it is gone. */
export function rowAt(db: Database, id: number): RecordRow | undefined {
  return prepared<RecordRow>(db, `SELECT ${RECORD_COLUMNS} FROM thread WHERE id = ?`).get(id);
}

/** The record of a thread as readers see it; null if there is none, or its time is up. */
export function findRecord(
  db: Database,
  projectId: string,
  threadId: string,
  now: Instant,
): RecordRow | null {
  const project = findProject(db, projectId);
  const row = project === null ? null : findRow(db, project, threadId);
  return row === null || row.listed === null || isGone(row, now) ? null : row;
}

/** Whether a row's time is up, and all of it with it. */
function isGone(row: RecordRow, now: Instant): boolean {
  return row.ttlStrategy === "delete" && hasExpired(row, now);
}

/** Whether the time of a row's TTL is up. */
export function hasExpired(row: RecordRow, now: Instant): boolean {
  return row.expiresAt !== null && row.expiresAt <= now;
}

/** A row as the model has it, without documents. */
export function toRecord(row: ShownRow, now: Instant): ThreadRecord {
  const { threadId, createdAt, updatedAt, stateUpdatedAt, ttlStrategy, ttlMinutes, expiresAt } = row;
  const ttl =
    ttlStrategy === null
      ? null
      : {
          strategy: ttlStrategy,
          minutes: ttlMinutes!,
          expiresAt: nextExpiry(expiresAt!, ttlMinutes!, now),
        };
  return { threadId, createdAt, updatedAt, stateUpdatedAt, status: THREAD_STATUSES[row.status]!, ttl };
}

/** A row as the model has it, with every document. */
export function toWholeRecord(db: Database, row: RecordRow, now: Instant): WholeRecord {
  const { id } = row;
  return {
    ...toRecord(row, now),
    metadata: readDocument(db, id, "metadata"),
    values: readDocument(db, id, "values"),
    interrupts: readDocument(db, id, "interrupts"),
  };
}

const READS: Record<StoredDocument, string> = {
  metadata: "SELECT json FROM thread_metadata WHERE thread = ?",
  values: "SELECT state AS json FROM thread JOIN checkpoint_body ON checkpoint = head WHERE thread.id = ?",
  interrupts:
    "SELECT interrupts AS json FROM thread JOIN checkpoint_body ON checkpoint = head WHERE thread.id = ?",
};

/** What a document is where none is stored. */
const ABSENT: Pick<WholeRecord, StoredDocument> = {
  metadata: "{}",
  values: null,
  interrupts: "{}",
};

/** A document of the thread in a row. */
export function readDocument<Name extends StoredDocument>(
  db: Database,
  id: number,
  name: Name,
): WholeRecord[Name] {
  const stored = prepared<{ json: WholeRecord[Name] }>(db, READS[name]).get(id);
  return stored ? stored.json : (ABSENT[name] as WholeRecord[Name]);
}
