import type { Instant } from "../base/instant.ts";

/** The times of a thread that a client's write moves, and what they follow from. */
export interface TouchedTimes {
  /** When a client made the thread; null while spans alone have made it. */
  madeAt: Instant | null;
  /** When a client last changed it, and its state; null while none has. */
  changedAt: Instant | null;
  stateChangedAt: Instant | null;
  /** The times of its record, and when its last turn ended. */
  createdAt: Instant;
  updatedAt: Instant;
  stateUpdatedAt: Instant;
  lastUpdated: Instant | null;
}

/**
 * The times of a thread after a write by a client, which makes the thread a client's if it was not. No time moves back.
 *
 * @param isState whether the write gave the thread a state
 */
export function touchedTimes(times: TouchedTimes, now: Instant, isState: boolean): TouchedTimes {
  const { createdAt, lastUpdated } = times;
  const changedAt = Math.max(times.changedAt ?? now, now);
  const stateChangedAt = isState ? Math.max(times.stateChangedAt ?? now, now) : times.stateChangedAt;
  return {
    madeAt: times.madeAt ?? createdAt,
    changedAt,
    stateChangedAt,
    createdAt,
    updatedAt: Math.max(changedAt, lastUpdated ?? createdAt),
    stateUpdatedAt: stateChangedAt ?? createdAt,
    lastUpdated,
  };
}
