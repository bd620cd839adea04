import type { Instant } from "../../../model/base/instant.ts";
import {
  checkpointMetadata,
  type KeptCheckpoint,
  type ParsedCheckpoint,
  parseCheckpoint,
  shownCheckpoint,
} from "../../../model/threads/checkpoint.ts";
import { prunedTo } from "../../../model/threads/pruning.ts";
import type { Checkpoint } from "../../../model/threads/thread-record.ts";
import { type Database, prepared } from "../connection/database.ts";

/** A checkpoint's row, without its body. */
export interface CheckpointRow {
  id: number;
  checkpointId: string;
  parentId: string | null;
  step: number;
  asNode: string | null;
  createdAt: Instant;
  next: string;
}

interface Body {
  interrupts: string;
  tasks: string;
  state: string;
}

type WholeRow = CheckpointRow & Body;

export const CHECKPOINT_COLUMNS = `checkpoint.id, checkpoint_id AS checkpointId, parent_id AS parentId, step,
  as_node AS asNode, checkpoint.created_at AS createdAt, next`;

const WHOLE = `SELECT ${CHECKPOINT_COLUMNS}, interrupts, tasks, state
  FROM checkpoint JOIN checkpoint_body ON checkpoint_body.checkpoint = checkpoint.id`;

/** Writes the states of threads, inside the caller's transaction. */
export interface CheckpointWrites {
  /** Adds a state; returns its row. */
  add(thread: number, checkpoint: KeptCheckpoint): number;
  /** Adds a state as it was elsewhere, unless the thread has one of its id. */
  restore(thread: number, checkpoint: KeptCheckpoint): void;
  /** Copies all states; returns the row of the latest, null if there is none. */
  copy(from: number, to: number): number | null;
  /** Removes all states but one (null: all). */
  removeBut(thread: number, kept: number | null): void;
}

const ADD = `INSERT INTO checkpoint (thread, checkpoint_id, parent_id, step, as_node, created_at, next)
  VALUES (?, ?, ?, ?, ?, ?, ?)`;

export function createCheckpointWrites(db: Database): CheckpointWrites {
  const add = db.prepare<unknown[]>(ADD);
  const addMissing = db.prepare<unknown[]>(`${ADD} ON CONFLICT DO NOTHING`);
  const addBody = db.prepare<unknown[]>(
    "INSERT INTO checkpoint_body (checkpoint, interrupts, tasks, state) VALUES (?, ?, ?, ?)",
  );
  const list = db
    .prepare<[number], number>("SELECT id FROM checkpoint WHERE thread = ? ORDER BY checkpoint_id")
    .pluck();
  const copyRow = db.prepare<[number, number]>(
    `INSERT INTO checkpoint (thread, checkpoint_id, parent_id, step, as_node, created_at, next)
     SELECT ?, checkpoint_id, parent_id, step, as_node, created_at, next FROM checkpoint WHERE id = ?`,
  );
  const copyBody = db.prepare<[number, number]>(
    `INSERT INTO checkpoint_body (checkpoint, interrupts, tasks, state)
     SELECT ?, interrupts, tasks, state FROM checkpoint_body WHERE checkpoint = ?`,
  );
  const remove = db.prepare<[number]>("DELETE FROM checkpoint WHERE id = ?");
  const removeBody = db.prepare<[number]>("DELETE FROM checkpoint_body WHERE checkpoint = ?");
  const orphan = db.prepare<[number]>("UPDATE checkpoint SET parent_id = NULL WHERE id = ?");

  /** Adds a row and its body; null if the thread has one of that id, and the statement passes it over. */
  function put(statement: typeof add, thread: number, checkpoint: KeptCheckpoint): number | null {
    const { checkpointId, parentId, step, asNode, createdAt, next, interrupts, tasks, values } = checkpoint;
    const { changes, lastInsertRowid } = statement.run(
      thread,
      checkpointId,
      parentId,
      step,
      asNode,
      createdAt,
      JSON.stringify(next),
    );
    if (changes === 0) return null;
    addBody.run(lastInsertRowid, interrupts, tasks, values);
    return Number(lastInsertRowid);
  }

  return {
    add: (thread, checkpoint) => put(add, thread, checkpoint)!,
    restore: (thread, checkpoint) => void put(addMissing, thread, checkpoint),

    copy(from, to) {
      let latest: number | null = null;
      for (const old of list.all(from)) {
        latest = Number(copyRow.run(to, old).lastInsertRowid);
        copyBody.run(latest, old);
      }
      return latest;
    },

    removeBut(thread, kept) {
      const pruning = prunedTo(list.all(thread), kept);
      for (const id of pruning.removed) {
        removeBody.run(id);
        remove.run(id);
      }
      if (pruning.kept !== null) orphan.run(pruning.kept);
    },
  };
}

/** The row of a checkpoint of a thread. */
export function findCheckpoint(db: Database, thread: number, checkpointId: string): CheckpointRow | null {
  const sql = `SELECT ${CHECKPOINT_COLUMNS} FROM checkpoint WHERE thread = ? AND checkpoint_id = ?`;
  return prepared<CheckpointRow>(db, sql).get(thread, checkpointId) ?? null;
}

/** A row that is known to be there. */
export function checkpointAt(db: Database, id: number): CheckpointRow {
  return prepared<CheckpointRow>(db, `SELECT ${CHECKPOINT_COLUMNS} FROM checkpoint WHERE id = ?`).get(id)!;
}

/** A checkpoint that a new one can follow, its values parsed: the latest of a thread. One read, one parse. */
export function headOf(db: Database, { head }: { head: number | null }): ParsedCheckpoint | null {
  return head === null ? null : parsed(prepared<WholeRow>(db, `${WHOLE} WHERE checkpoint.id = ?`).get(head));
}

/** The same of the checkpoint of this id; null if the thread has none. */
export function findParsed(db: Database, thread: number, checkpointId: string): ParsedCheckpoint | null {
  const sql = `${WHOLE} WHERE checkpoint.thread = ? AND checkpoint_id = ?`;
  return parsed(prepared<WholeRow>(db, sql).get(thread, checkpointId));
}

function parsed(row: WholeRow | undefined): ParsedCheckpoint | null {
  return row ? parseCheckpoint(toKept(row, row)) : null;
}

/** A checkpoint as the model has it. */
export function toCheckpoint(db: Database, row: CheckpointRow): Checkpoint {
  const sql = "SELECT interrupts, tasks, state FROM checkpoint_body WHERE checkpoint = ?";
  return shownCheckpoint(toKept(row, prepared<Body>(db, sql).get(row.id)!));
}

function toKept(row: CheckpointRow, { interrupts, tasks, state: values }: Body): KeptCheckpoint {
  const { checkpointId, parentId, createdAt, step, asNode } = row;
  const next = JSON.parse(row.next) as string[];
  return { checkpointId, parentId, createdAt, values, next, tasks, interrupts, step, asNode };
}

/** How a checkpoint came about, as text. */
export function metadataOf({ step, asNode }: CheckpointRow): string {
  return checkpointMetadata(step, asNode);
}
