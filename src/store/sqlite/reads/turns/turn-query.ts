import type { PlacedTurn, ThreadTurn, TurnQuery } from "../../../../model/threads/turn.ts";
import { threadNotFound } from "../../../errors.ts";
import type { TurnBatch } from "../../../roles/spans.ts";
import { batchesOf } from "../../../shared/batches.ts";
import { type Database, prepared } from "../../connection/database.ts";
import { findRecord } from "../../tables/record-rows.ts";
import { defineRead } from "../define-read.ts";
import { BUDGET } from "../read-budget.ts";
import { turnAt, walkTurns } from "./turn-walk.ts";

/** The turns of a thread. */
export const turnsRead = defineRead({
  name: "turns",
  fitsMainThread: (_db, { limit }: TurnQuery) => limit <= BUDGET.turns.rows,
  pages: turnPages,
});

/** Yields turns in batches of bounded size. All reads are of one snapshot. */
export function* turnPages(db: Database, query: TurnQuery): Generator<TurnBatch> {
  const { projectId, threadId, now, limit, from, cursor } = query;
  const record = findRecord(db, projectId, threadId, now);
  if (record === null) throw threadNotFound(threadId);
  const { total } = prepared<{ total: number }>(
    db,
    "SELECT turn_count AS total FROM thread WHERE id = ?",
  ).get(record.id)!;
  const found: number[] = [];
  let hasMore = false;
  // Where there is nothing, any place is past it.
  const start = cursor && total > 0 ? turnAt(cursor, 3) : null;
  for (const { turn, isStart } of walkTurns(db, "all", record.id, from, start)) {
    if (isStart) continue;
    hasMore = found.length === limit;
    if (hasMore) break;
    found.push(turn);
  }
  if (from === "newest") found.reverse();
  if (found.length === 0) yield { turns: [], total, hasMore };
  const turns = found.values().map((turn) => readTurn(db, turn));
  for (const batch of batchesOf(turns, ({ name }) => name.length)) yield { turns: batch, total, hasMore };
}

function readTurn(db: Database, id: number): PlacedTurn {
  const row = prepared<Omit<ThreadTurn, "failed"> & { failed: number }>(
    db,
    `SELECT turn.turn_id AS turnId, trace_id AS traceId, span.name, turn.started_at AS startedAt,
       turn.ended_at AS endedAt, duration_ms AS durationMs, failed, agent, turn_summary.model, turn_summary.span_count AS spanCount,
       turn_summary.input_tokens AS inputTokens, turn_summary.output_tokens AS outputTokens
     FROM turn JOIN turn_summary ON turn_summary.id = turn.id JOIN trace ON trace.id = turn.trace
       JOIN span ON span.trace = turn.trace AND span.span_id = turn.turn_id
     WHERE turn.id = ?`,
  ).get(id)!;
  const { startedAt, turnId, traceId } = row;
  return { ...row, failed: row.failed === 1, place: [startedAt, turnId, traceId] };
}
