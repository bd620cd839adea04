import type { Instant } from "../base/instant.ts";

/** What clients and turns said of the times of a thread; each is null while they said nothing. */
export interface SaidTimes {
  /** When a client made the thread its own. */
  madeAt: Instant | null;
  /** When a client last changed it. */
  changedAt: Instant | null;
  /** When a client last gave it a state. */
  stateChangedAt: Instant | null;
  /** When its first turn started. */
  startTime: Instant | null;
  /** When its last turn ended (`ThreadSummary.lastUpdated`). */
  lastUpdated: Instant | null;
}

/** The times of a record, as `ThreadRecord` has them. */
export interface RecordTimes {
  createdAt: Instant;
  updatedAt: Instant;
  stateUpdatedAt: Instant;
}

/** Whether a thread is a record: a client has made it, or spans belong to it. */
export function isRecord(thread: { madeAt: Instant | null; spanCount: number }): boolean {
  return thread.madeAt !== null || thread.spanCount > 0;
}

/**
 * The times that follow for a record. `firstSpanStart` gives when its first span started; it is asked only where
 * neither a client nor a turn has made the thread.
 */
export function recordTimes(said: SaidTimes, firstSpanStart: () => Instant): RecordTimes {
  const createdAt = said.madeAt ?? said.startTime ?? firstSpanStart();
  return {
    createdAt,
    updatedAt: Math.max(said.changedAt ?? createdAt, said.lastUpdated ?? createdAt),
    stateUpdatedAt: said.stateChangedAt ?? createdAt,
  };
}
