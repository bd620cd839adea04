import type { Instant } from "../../../model/base/instant.ts";
import {
  type StoredDocument,
  THREAD_STATUSES,
  type ThreadRecord,
  type ThreadTtl,
  type TtlStrategy,
} from "../../../model/threads/thread-record.ts";
import { isGone, isUp, nextRound } from "../../../model/threads/ttl.ts";
import type { WholeRecord } from "../../roles/records.ts";
import { type Database, findProject, prepared } from "../connection/database.ts";
import type { StoredThread } from "./thread-rows.ts";

/** A thread's row as reads see it, as far as records go; writers have the whole of it (tables/thread-rows.ts). */
export interface RecordRow {
  id: number;
  project: number;
  threadId: string;
  /** Null while spans alone have made the thread. */
  madeAt: Instant | null;
  createdAt: Instant;
  updatedAt: Instant;
  stateUpdatedAt: Instant;
  status: number;
  /** The place of the id's kind in ID_KINDS; null for a row that is no record. */
  idKind: number | null;
  /** The row of the latest checkpoint. */
  head: number | null;
  ttlStrategy: TtlStrategy | null;
  ttlMinutes: number | null;
  expiresAt: Instant | null;
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

const RECORD_COLUMNS = `${SHOWN_COLUMNS}, thread.project, thread.made_at AS madeAt, thread.listed AS idKind, thread.head`;

/** The row of a thread, whether it is a record or not. */
function findRow(db: Database, project: number, threadId: string): RecordRow | null {
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
  return row === null || row.idKind === null || isGone(ttlIn(row), now) ? null : row;
}

/** The TTL in a row; null for a thread that has none. */
export function ttlIn(row: Pick<RecordRow, "ttlStrategy" | "ttlMinutes" | "expiresAt">): ThreadTtl | null {
  const { ttlStrategy: strategy, ttlMinutes: minutes, expiresAt } = row;
  return strategy === null ? null : { strategy, minutes: minutes!, expiresAt: expiresAt! };
}

/** Whether the time of a row's TTL is up. */
export function hasExpired(row: RecordRow, now: Instant): boolean {
  return isUp(ttlIn(row), now);
}

/** What of a whole row the model has; of one that is a record. */
export function shownIn(thread: StoredThread): ShownRow {
  return {
    id: thread.id,
    threadId: thread.thread_id,
    createdAt: thread.created_at!,
    updatedAt: thread.updated_at!,
    stateUpdatedAt: thread.state_updated_at!,
    status: thread.status,
    ttlStrategy: thread.ttl_strategy,
    ttlMinutes: thread.ttl_minutes,
    expiresAt: thread.expires_at,
  };
}

/** A row as the model has it, without documents. */
export function toRecord(row: ShownRow, now: Instant): ThreadRecord {
  const { threadId, createdAt, updatedAt, stateUpdatedAt } = row;
  const ttl = ttlIn(row);
  return {
    threadId,
    createdAt,
    updatedAt,
    stateUpdatedAt,
    status: THREAD_STATUSES[row.status]!,
    ttl: ttl && nextRound(ttl, now),
  };
}

/** A row as the model has it, with every document. */
export function toWholeRecord(db: Database, row: ShownRow, now: Instant): WholeRecord {
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
