import type { Instant } from "../../../model/base/instant.ts";
import { parseJsonObject } from "../../../model/json/parse.ts";
import { printJson } from "../../../model/json/print.ts";
import type { JsonObject } from "../../../model/json/value.ts";
import { checkpointMetadata, laterId } from "../../../model/threads/checkpoint.ts";
import { prunedTo } from "../../../model/threads/pruning.ts";
import { updateState } from "../../../model/threads/state-update.ts";
import type { Checkpoint, StateChange } from "../../../model/threads/thread-record.ts";
import type { EntryOf } from "../../../model/transfer.ts";
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

export const CHECKPOINT_COLUMNS = `checkpoint.id, checkpoint_id AS checkpointId, parent_id AS parentId, step,
  as_node AS asNode, checkpoint.created_at AS createdAt, next`;

/** Writes the states of threads, inside the caller's transaction. */
export interface CheckpointWrites {
  /** Adds a state that follows `base`, greater than `head`; returns its row, and the values before and after. */
  add(given: {
    thread: number;
    head: CheckpointRow | null;
    base: CheckpointRow | null;
    change: StateChange;
    now: Instant;
  }): { row: CheckpointRow; values: JsonObject };
  /** Adds a state as it was elsewhere, unless the thread has one of its id. */
  restore(thread: number, entry: EntryOf<"checkpoint">): void;
  /** Copies all states; returns the row of the latest, null if there is none. */
  copy(from: number, to: number): number | null;
  /** Removes all states but one (null: all). */
  removeBut(thread: number, kept: number | null): void;
}

const ADD = `INSERT INTO checkpoint (thread, checkpoint_id, parent_id, step, as_node, created_at, next)
  VALUES ($thread, $checkpointId, $parentId, $step, $asNode, $createdAt, $next)`;

export function createCheckpointWrites(db: Database): CheckpointWrites {
  const add = db.prepare(ADD);
  const addMissing = db.prepare(`${ADD} ON CONFLICT DO NOTHING`);
  const addBody = db.prepare(
    `INSERT INTO checkpoint_body (checkpoint, interrupts, tasks, state)
     VALUES ($id, $interrupts, $tasks, $state)`,
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

  return {
    add({ thread, head, base, change, now }) {
      const before = base && readBody(db, base.id);
      let values: JsonObject | null = before && parseJsonObject(before.state, ["values"]);
      for (const update of change.updates) {
        values = updateState(values, parseJsonObject(update, ["values"]), ["values"]);
      }
      values ??= new Map();
      const row = {
        checkpointId: laterId(change.checkpointId, head?.checkpointId ?? null),
        parentId: base?.checkpointId ?? null,
        step: base ? base.step + 1 : 0,
        asNode: change.asNode,
        createdAt: now,
        next: change.next ? JSON.stringify(change.next) : (base?.next ?? "[]"),
      };
      const id = Number(add.run({ ...row, thread }).lastInsertRowid);
      addBody.run({
        id,
        interrupts: change.interrupts ?? before?.interrupts ?? "{}",
        tasks: change.tasks ?? before?.tasks ?? "[]",
        state: before && change.updates.length === 0 ? before.state : printJson(values),
      });
      return { row: { id, ...row }, values };
    },

    restore(thread, { checkpointId, parentId, step, asNode, createdAt, next, interrupts, tasks, values }) {
      const row = { checkpointId, parentId, step, asNode, createdAt, next: JSON.stringify(next) };
      const { changes, lastInsertRowid: id } = addMissing.run({ ...row, thread });
      if (changes > 0) addBody.run({ id, interrupts, tasks, state: values });
    },

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

/** A checkpoint as the model has it. */
export function toCheckpoint(db: Database, row: CheckpointRow): Checkpoint {
  const { checkpointId, parentId, createdAt } = row;
  const { interrupts, tasks, state } = readBody(db, row.id);
  return {
    checkpointId,
    parentId,
    createdAt,
    values: state,
    next: JSON.parse(row.next) as string[],
    tasks,
    interrupts,
    metadata: metadataOf(row),
  };
}

/** How a checkpoint came about, as text. */
export function metadataOf({ step, asNode }: CheckpointRow): string {
  return checkpointMetadata(step, asNode);
}

function readBody(db: Database, checkpoint: number): Body {
  const sql = "SELECT interrupts, tasks, state FROM checkpoint_body WHERE checkpoint = ?";
  return prepared<Body>(db, sql).get(checkpoint)!;
}
