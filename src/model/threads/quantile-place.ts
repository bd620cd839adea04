import type { ThreadKey } from "../traces/node.ts";
import { interpolate, quantilePosition } from "./quantile.ts";

/** A place in the order (duration, turn) of a thread's ended turns. */
export interface DurationPlace {
  duration: number;
  /** The store's number for the turn. */
  turn: number;
}

/** A quantile of the durations of a thread's ended turns, and the place it is at. */
export interface KeptQuantile extends DurationPlace {
  /** Null while no turn has ended. */
  value: number | null;
  /** How many ended turns are before the place. */
  below: number;
}

/** Answers for the ended turns of a thread, as they now are. Each answer may cost a read. */
export interface DurationOrder {
  /** The turn so many steps after the first that is not before a place, and the one that follows it if there is one. */
  endedFrom(thread: ThreadKey, place: DurationPlace, steps: number): DurationPlace[];
  /** The turn so many steps before the last that is before a place. */
  endedBefore(thread: ThreadKey, place: DurationPlace, steps: number): DurationPlace | null;
}

const NO_QUANTILE: KeptQuantile = { value: null, duration: 0, turn: 0, below: 0 };

/** Finds a quantile of the `count` ended turns of a thread by stepping through their order from where it was. */
export function seekQuantile(
  order: DurationOrder,
  thread: ThreadKey,
  from: KeptQuantile,
  count: number,
  percent: number,
): KeptQuantile {
  if (count === 0) return NO_QUANTILE;
  const { index, remainder } = quantilePosition(count, percent);
  const [at, next = at] = stepFrom(order, thread, from, index - from.below);
  return {
    value: interpolate(at!.duration, next!.duration, remainder),
    duration: at!.duration,
    turn: at!.turn,
    below: index,
  };
}

/** The turn so many steps from a place, and the one after it if there is one. */
function stepFrom(
  order: DurationOrder,
  thread: ThreadKey,
  { duration, turn }: DurationPlace,
  steps: number,
): DurationPlace[] {
  const place = { duration, turn };
  if (steps >= 0) return order.endedFrom(thread, place, steps);
  const before = order.endedBefore(thread, place, -steps - 1);
  return before ? order.endedFrom(thread, before, 0) : [];
}
