import { interpolate, quantilePosition } from "../../../model/threads/quantile.ts";
import type { ThreadKey } from "../../../model/traces/node.ts";
import type { Database } from "../connection/database.ts";

/** A place in the order (duration, turn) of a thread's ended turns, and how many of them are before it. */
export interface Place {
  duration: number;
  turn: number;
  below: number;
}

/** Finds a quantile of the `count` ended turns of a thread, and the place it is at. */
export type QuantileSeek = (
  thread: ThreadKey,
  from: Place,
  count: number,
  percent: number,
) => { value: number | null; place: Place };

/** Finds a quantile by stepping through the index of durations from a place near it. */
export function createQuantileSeek(db: Database): QuantileSeek {
  const ended =
    "SELECT duration_ms AS duration, seq AS turn FROM turn WHERE thread = ? AND duration_ms IS NOT NULL";
  type Step = { duration: number; turn: number };
  const forward = db.prepare<[ThreadKey, number, number, number], Step>(
    `${ended} AND (duration_ms, seq) >= (?, ?) ORDER BY duration_ms, seq LIMIT 2 OFFSET ?`,
  );
  const backward = db.prepare<[ThreadKey, number, number, number], Step>(
    `${ended} AND (duration_ms, seq) < (?, ?) ORDER BY duration_ms DESC, seq DESC LIMIT 1 OFFSET ?`,
  );

  /** The turn so many steps from a place, and the one after it if there is one. */
  function stepFrom(thread: ThreadKey, { duration, turn }: Step, steps: number): Step[] {
    if (steps >= 0) return forward.all(thread, duration, turn, steps);
    return stepFrom(thread, backward.get(thread, duration, turn, -steps - 1)!, 0);
  }

  return (thread, from, count, percent) => {
    if (count === 0) return { value: null, place: { duration: 0, turn: 0, below: 0 } };
    const { index, remainder } = quantilePosition(count, percent);
    const [at, next = at] = stepFrom(thread, from, index - from.below);
    return {
      value: interpolate(at!.duration, next!.duration, remainder),
      place: { duration: at!.duration, turn: at!.turn, below: index },
    };
  };
}
