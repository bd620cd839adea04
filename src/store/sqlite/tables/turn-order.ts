import type { DurationPlace } from "../../../model/threads/quantile-place.ts";
import type { TurnAt, TurnOrder } from "../../../model/threads/statistics.ts";
import type { ThreadKey } from "../../../model/traces/node.ts";
import type { Database } from "../connection/database.ts";

/** Answers by the ends of an index, or by steps through the index of durations. */
export function createTurnOrder(db: Database): TurnOrder {
  const prepare = (sql: string) => db.prepare<[ThreadKey], TurnAt>(sql);
  const firstStart = prepare(
    `SELECT turn_id AS turnId, started_at AS at FROM turn WHERE thread = ? ORDER BY started_at, turn_id LIMIT 1`,
  );
  const lastEnd = prepare(
    `SELECT turn_id AS turnId, ended_at AS at FROM turn WHERE thread = ? AND ended_at IS NOT NULL
     ORDER BY ended_at DESC, turn_id DESC LIMIT 1`,
  );
  const lastStart = prepare(
    `SELECT turn_id AS turnId, started_at AS at FROM turn WHERE thread = ?
     ORDER BY started_at DESC, turn_id DESC LIMIT 1`,
  );
  const ended =
    "SELECT duration_ms AS duration, seq AS turn FROM turn WHERE thread = ? AND duration_ms IS NOT NULL";
  const from = db.prepare<[ThreadKey, number, number, number], DurationPlace>(
    `${ended} AND (duration_ms, seq) >= (?, ?) ORDER BY duration_ms, seq LIMIT 2 OFFSET ?`,
  );
  const before = db.prepare<[ThreadKey, number, number, number], DurationPlace>(
    `${ended} AND (duration_ms, seq) < (?, ?) ORDER BY duration_ms DESC, seq DESC LIMIT 1 OFFSET ?`,
  );
  return {
    firstStart: (thread) => firstStart.get(thread) ?? null,
    lastEnd: (thread) => lastEnd.get(thread) ?? null,
    lastStart: (thread) => lastStart.get(thread) ?? null,
    endedFrom: (thread, { duration, turn }, steps) => from.all(thread, duration, turn, steps),
    endedBefore: (thread, { duration, turn }, steps) => before.get(thread, duration, turn, steps) ?? null,
  };
}
