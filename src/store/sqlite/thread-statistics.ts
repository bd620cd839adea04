import { interpolate, quantilePosition } from "../../model/quantile.ts";
import type { ThreadKey } from "../../model/trace/node.ts";
import type { ThreadTotals } from "../../model/trace/totals.ts";
import type { Database } from "./database.ts";

/**
 * Keeps the statistics on thread rows true while turns come, change and go. The changes of a transaction are collected
 * and written once per thread by `flush`, whatever their number.
 *
 * A flush reads the ends of three indexes and, for each quantile, as many neighbours in the index of durations as
 * turns changed: its cost does not grow with the thread.
 */
export interface ThreadStatistics {
  /** A turn is there that was not; `durationMs` is null while it runs. */
  turnAdded(thread: ThreadKey, turn: { id: number; durationMs: number | null }): void;
  /** A turn that was there is gone. */
  turnRemoved(thread: ThreadKey, turn: { id: number; durationMs: number | null }): void;
  /** The start or the id of a turn changed. */
  turnChanged(thread: ThreadKey): void;
  totalsChanged(thread: ThreadKey, change: ThreadTotals): void;
  flush(): void;
  /** Forgets what was collected, when the transaction is rolled back. */
  discard(): void;
}

/** A place in the order (duration, turn) of a thread's ended turns, and how many of them are before it. */
interface Place {
  duration: number;
  turn: number;
  below: number;
}

interface Pending {
  turns: number;
  ended: number;
  p50: Place;
  p99: Place;
  totals: ThreadTotals;
}

interface ThreadRow {
  turn_count: number;
  ended_count: number;
  p50_duration: number;
  p50_turn: number;
  p50_below: number;
  p99_duration: number;
  p99_turn: number;
  p99_below: number;
}

interface TurnAt {
  turn_id: string;
  at: number;
}

export function createThreadStatistics(db: Database): ThreadStatistics {
  const row = db.prepare<[ThreadKey], ThreadRow>(
    `SELECT turn_count, ended_count, p50_duration, p50_turn, p50_below, p99_duration, p99_turn, p99_below
     FROM thread WHERE id = ?`,
  );
  const update = db.prepare(
    `UPDATE thread SET span_count = span_count + $spanCount, input_tokens = input_tokens + $inputTokens,
       output_tokens = output_tokens + $outputTokens, turn_count = $turnCount, ended_count = $endedCount,
       start_time = $startTime, first_turn_id = $firstTurn, last_updated = $lastUpdated, last_turn_id = $lastTurn,
       p50 = $p50, p99 = $p99, p50_duration = $p50Duration, p50_turn = $p50Turn, p50_below = $p50Below,
       p99_duration = $p99Duration, p99_turn = $p99Turn, p99_below = $p99Below
     WHERE id = $thread`,
  );
  const updateTotals = db.prepare(
    `UPDATE thread SET span_count = span_count + $spanCount, input_tokens = input_tokens + $inputTokens,
       output_tokens = output_tokens + $outputTokens WHERE id = $thread`,
  );
  const first = db.prepare<[ThreadKey], TurnAt>(
    "SELECT turn_id, started_at AS at FROM turn WHERE thread = ? ORDER BY started_at, turn_id LIMIT 1",
  );
  const latestEnd = db.prepare<[ThreadKey], TurnAt>(
    `SELECT turn_id, ended_at AS at FROM turn WHERE thread = ? AND ended_at IS NOT NULL
     ORDER BY ended_at DESC, turn_id DESC LIMIT 1`,
  );
  const latestStart = db.prepare<[ThreadKey], TurnAt>(
    "SELECT turn_id, started_at AS at FROM turn WHERE thread = ? ORDER BY started_at DESC, turn_id DESC LIMIT 1",
  );
  const seek = createQuantileSeek(db);

  const pending = new Map<ThreadKey, Pending>();
  const turnsTouched = new Set<ThreadKey>();

  function of(thread: ThreadKey): Pending {
    let known = pending.get(thread);
    if (!known) {
      const stored = row.get(thread)!;
      known = {
        turns: stored.turn_count,
        ended: stored.ended_count,
        p50: { duration: stored.p50_duration, turn: stored.p50_turn, below: stored.p50_below },
        p99: { duration: stored.p99_duration, turn: stored.p99_turn, below: stored.p99_below },
        totals: { spanCount: 0, inputTokens: 0, outputTokens: 0 },
      };
      pending.set(thread, known);
    }
    return known;
  }

  function countTurn(thread: ThreadKey, id: number, durationMs: number | null, change: 1 | -1): void {
    const known = of(thread);
    turnsTouched.add(thread);
    known.turns += change;
    if (durationMs === null) return;
    known.ended += change;
    for (const place of [known.p50, known.p99]) {
      const before = durationMs < place.duration || (durationMs === place.duration && id < place.turn);
      if (before) place.below += change;
    }
  }

  function writeTurns(thread: ThreadKey, known: Pending): void {
    const start = first.get(thread);
    const last = latestEnd.get(thread) ?? latestStart.get(thread);
    const p50 = seek(thread, known.p50, known.ended, 50);
    const p99 = seek(thread, known.p99, known.ended, 99);
    update.run({
      thread,
      ...known.totals,
      turnCount: known.turns,
      endedCount: known.ended,
      startTime: start?.at ?? null,
      firstTurn: start?.turn_id ?? null,
      lastUpdated: last?.at ?? null,
      lastTurn: last?.turn_id ?? null,
      p50: p50.value,
      p99: p99.value,
      p50Duration: p50.place.duration,
      p50Turn: p50.place.turn,
      p50Below: p50.place.below,
      p99Duration: p99.place.duration,
      p99Turn: p99.place.turn,
      p99Below: p99.place.below,
    });
  }

  function discard(): void {
    pending.clear();
    turnsTouched.clear();
  }

  return {
    turnAdded: (thread, { id, durationMs }) => countTurn(thread, id, durationMs, 1),
    turnRemoved: (thread, { id, durationMs }) => countTurn(thread, id, durationMs, -1),
    turnChanged(thread) {
      of(thread);
      turnsTouched.add(thread);
    },
    totalsChanged(thread, change) {
      const { totals } = of(thread);
      totals.spanCount += change.spanCount;
      totals.inputTokens += change.inputTokens;
      totals.outputTokens += change.outputTokens;
    },
    flush() {
      for (const [thread, known] of pending) {
        if (turnsTouched.has(thread)) writeTurns(thread, known);
        else updateTotals.run({ thread, ...known.totals });
      }
      discard();
    },
    discard,
  };
}

type QuantileSeek = (
  thread: ThreadKey,
  from: Place,
  count: number,
  percent: number,
) => { value: number | null; place: Place };

/** Finds a quantile by stepping through the index of durations from a place near it. */
function createQuantileSeek(db: Database): QuantileSeek {
  const ended =
    "SELECT duration_ms AS duration, seq AS turn FROM turn WHERE thread = ? AND duration_ms IS NOT NULL";
  type Step = { duration: number; turn: number };
  const forward = db.prepare<[ThreadKey, number, number, number], Step>(
    `${ended} AND (duration_ms, seq) >= (?, ?) ORDER BY duration_ms, seq LIMIT 1 OFFSET ?`,
  );
  const backward = db.prepare<[ThreadKey, number, number, number], Step>(
    `${ended} AND (duration_ms, seq) < (?, ?) ORDER BY duration_ms DESC, seq DESC LIMIT 1 OFFSET ?`,
  );

  return (thread, from, count, percent) => {
    if (count === 0) return { value: null, place: { duration: 0, turn: 0, below: 0 } };
    const { index, remainder } = quantilePosition(count, percent);
    const steps = index - from.below;
    const at =
      steps >= 0
        ? forward.get(thread, from.duration, from.turn, steps)!
        : backward.get(thread, from.duration, from.turn, -steps - 1)!;
    // The row after `at`, where the quantile lies between the two.
    const next = remainder === 0 ? at : forward.get(thread, at.duration, at.turn, 1)!;
    return {
      value: interpolate(at.duration, next.duration, remainder),
      place: { duration: at.duration, turn: at.turn, below: index },
    };
  };
}
