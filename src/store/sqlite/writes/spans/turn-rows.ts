import { durationMilliseconds } from "../../../../model/base/instant.ts";
import { GROUP_TURN, type ThreadKey } from "../../../../model/traces/node.ts";
import type { Part, Turn } from "../../../../model/traces/part.ts";
import type { TraceUpdate } from "../../../../model/traces/update.ts";
import type { Database } from "../../connection/database.ts";
import { createRowUpdate } from "../../connection/row-update.ts";
import type { TraceRows } from "../../tables/trace-rows.ts";
import type { ThreadStatistics } from "./thread-statistics.ts";

/** Writes the turns and parts of a trace that changed, and tells the statistics of it. */
export interface TurnRows {
  write(trace: number, update: TraceUpdate, rows: TraceRows, statistics: ThreadStatistics): void;
}

interface TurnRow {
  turn_id: string;
  started_at: number;
  ended_at: number | null;
  duration_ms: number | null;
}

export function createTurnRows(db: Database): TurnRows {
  const find = db.prepare<[number], TurnRow>(
    "SELECT turn_id, started_at, ended_at, duration_ms FROM turn WHERE id = ?",
  );
  const add = db.prepare(
    `INSERT INTO turn (thread, trace, turn_id, is_group, started_at, ended_at, duration_ms, failed, seq)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, (SELECT coalesce(max(id), 0) + 1 FROM turn))`,
  );
  const update = createRowUpdate(
    db,
    "turn",
    ["failed"],
    ["turn_id", "started_at", "ended_at", "duration_ms"],
  );
  const remove = db.prepare<[number]>("DELETE FROM turn WHERE id = ?");
  const addPart = db.prepare(
    `INSERT INTO part (spans, flagged, tops, agents, group_turn, group_first, group_started_at, group_last_end,
       group_running, group_failed, trace, thread)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const changePart = db.prepare(
    `UPDATE part SET spans = ?, flagged = ?, tops = ?, agents = ?, group_turn = ?, group_first = ?,
       group_started_at = ?, group_last_end = ?, group_running = ?, group_failed = ?
     WHERE trace = ? AND thread = ?`,
  );
  const removePart = db.prepare("DELETE FROM part WHERE trace = ? AND thread = ?");

  function writeTurn(
    trace: number,
    thread: ThreadKey,
    key: string,
    turn: Turn | null,
    rows: TraceRows,
    statistics: ThreadStatistics,
  ): void {
    const id = rows.turnRow(thread, key);
    const stored = id === undefined ? undefined : find.get(id);
    if (turn === null) {
      if (id === undefined || !stored) return;
      remove.run(id);
      statistics.turnRemoved(thread, { id, durationMs: stored.duration_ms });
      return;
    }
    const durationMs = turn.endedAt === null ? null : durationMilliseconds(turn.startedAt, turn.endedAt);
    if (id === undefined || !stored) {
      const isGroup = Number(key === GROUP_TURN);
      const { turnId, startedAt, endedAt, failed } = turn;
      const values = [thread, trace, turnId, isGroup, startedAt, endedAt, durationMs, Number(failed)];
      const row = Number(add.run(values).lastInsertRowid);
      rows.rememberTurn(thread, key, row);
      statistics.turnAdded(thread, { ...turn, id: row, durationMs });
      return;
    }
    update(
      id,
      [Number(turn.failed)],
      [stored.turn_id, stored.started_at, stored.ended_at, stored.duration_ms],
      [turn.turnId, turn.startedAt, turn.endedAt, durationMs],
    );
    statistics.turnChanged(thread, { ...turn, id, durationMs }, stored.duration_ms);
  }

  function writePart(trace: number, thread: ThreadKey, part: Part, rows: TraceRows): void {
    const stored = rows.part(thread) !== null;
    if (part.spans === 0) {
      if (stored) removePart.run(trace, thread);
      return;
    }
    const { group, ...counts } = part;
    const ofGroup = group
      ? [group.firstSpanId, group.startedAt, group.lastEnd, group.running, group.failed]
      : [null, null, null, null, null];
    const groupTurn = group ? rows.turnRow(thread, GROUP_TURN)! : null;
    const { spans, flagged, tops, agents } = counts;
    const values = [spans, flagged, tops, agents, groupTurn, ...ofGroup, trace, thread];
    if (stored) changePart.run(values);
    else addPart.run(values);
  }

  return {
    write(trace, update, rows, statistics) {
      for (const { thread, key, turn } of update.turns) {
        writeTurn(trace, thread, key, turn, rows, statistics);
      }
      for (const [thread, part] of update.parts) writePart(trace, thread, part, rows);
    },
  };
}
