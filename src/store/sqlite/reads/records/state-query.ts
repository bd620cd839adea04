import { parseJson, parseJsonObject } from "../../../../model/json/parse.ts";
import { containment } from "../../../../model/query/containment.ts";
import type { Checkpoint, HistoryQuery, StateQuery } from "../../../../model/threads/thread-record.ts";
import { checkpointNotFound, threadNotFound } from "../../../errors.ts";
import { batchesOf } from "../../../shared/batches.ts";
import { type Database, prepared } from "../../connection/database.ts";
import {
  CHECKPOINT_COLUMNS,
  type CheckpointRow,
  checkpointAt,
  findCheckpoint,
  metadataOf,
  toCheckpoint,
} from "../../tables/checkpoint-rows.ts";
import { findRecord, hasExpired, type RecordRow } from "../../tables/record-rows.ts";
import { defineLookUp, defineRead } from "../define-read.ts";
import { BUDGET } from "../read-budget.ts";

/** Checkpoints of one read. */
const PAGE_ROWS = 100;

/** A state of a thread; null if it has none yet. */
export const stateRead = defineLookUp("state", readState);

/** The history of a thread. */
export const statesRead = defineRead({ name: "states", fitsMainThread, pages: statePages });

function readState(db: Database, query: StateQuery): Checkpoint | null {
  const thread = mustFindRecord(db, query);
  const { checkpointId } = query;
  if (checkpointId === null) {
    return thread.head === null ? null : shown(db, thread, query, checkpointAt(db, thread.head));
  }
  const row = findCheckpoint(db, thread.id, checkpointId);
  if (row === null || !isShown(thread, query, row)) {
    throw checkpointNotFound(checkpointId);
  }
  return shown(db, thread, query, row);
}

/** Whether few states are asked for, without a condition, and they are small. */
function fitsMainThread(db: Database, query: HistoryQuery): boolean {
  if (query.metadata !== null || query.limit === null || query.limit > BUDGET.states.rows) return false;
  const thread = mustFindRecord(db, query);
  const { size } = prepared<{ size: number }>(
    db,
    `SELECT total(octet_length(state)) + total(octet_length(interrupts)) + total(octet_length(tasks)) AS size
     FROM (SELECT id FROM checkpoint WHERE thread = ? AND checkpoint_id < ? ORDER BY checkpoint_id DESC LIMIT ?) AS page
       JOIN checkpoint_body ON checkpoint_body.checkpoint = page.id`,
  ).get(thread.id, firstBound(query), query.limit)!;
  return size <= BUDGET.bytes;
}

/**
 * Yields the states that a query asks for, the newest first, in batches of bounded size: steps down the index of the
 * thread's checkpoints. All reads are of one snapshot.
 */
function* statePages(db: Database, query: HistoryQuery): Generator<Checkpoint[]> {
  yield* batchesOf(
    states(db, query),
    ({ values, tasks, interrupts }) => values.length + tasks.length + interrupts.length,
  );
}

function* states(db: Database, query: HistoryQuery): Generator<Checkpoint> {
  const thread = mustFindRecord(db, query);
  const contains =
    query.metadata === null ? null : containment(parseJsonObject(query.metadata, ["metadata"]));
  const read = prepared<CheckpointRow>(
    db,
    `SELECT ${CHECKPOINT_COLUMNS} FROM checkpoint WHERE thread = ? AND checkpoint_id < ?
     ORDER BY checkpoint_id DESC LIMIT ${PAGE_ROWS}`,
  );
  let left = query.limit ?? Number.POSITIVE_INFINITY;
  let page = read.all(thread.id, firstBound(query));
  while (page.length > 0) {
    for (const row of page) {
      if (left === 0) return;
      if (!isShown(thread, query, row)) continue;
      if (contains && !contains(parseJson(metadataOf(row), ["metadata"]))) continue;
      left -= 1;
      yield shown(db, thread, query, row);
    }
    page = read.all(thread.id, page.at(-1)!.checkpointId);
  }
}

/** Ids below this one are asked for. */
function firstBound({ before, from }: HistoryQuery): string {
  // The least text after `from`; ids are in hexadecimal, so one that begins with g comes after all.
  return [before ?? "g", from === null ? "g" : `${from}\u0000`].sort()[0]!;
}

function mustFindRecord(db: Database, { projectId, threadId, now }: StateQuery | HistoryQuery): RecordRow {
  const row = findRecord(db, projectId, threadId, now);
  if (row === null) throw threadNotFound(threadId);
  return row;
}

/** Where a thread's time is up and only its latest state is kept, the others are hidden. */
function isShown(thread: RecordRow, { now }: { now: number }, row: CheckpointRow): boolean {
  return row.id === thread.head || !hasExpired(thread, now);
}

function shown(db: Database, thread: RecordRow, { now }: { now: number }, row: CheckpointRow): Checkpoint {
  const checkpoint = toCheckpoint(db, row);
  return hasExpired(thread, now) ? { ...checkpoint, parentId: null } : checkpoint;
}
