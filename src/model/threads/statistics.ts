import { compareCodePoints } from "../base/code-points.ts";
import type { Instant } from "../base/instant.ts";
import type { ThreadKey } from "../traces/node.ts";
import type { ThreadTotals } from "../traces/totals.ts";
import { type DurationOrder, type KeptQuantile, seekQuantile } from "./quantile-place.ts";

/** A turn, and the instant that makes it the first or the last. */
export interface TurnAt {
  turnId: string;
  at: Instant;
}

/** What is kept of a thread's spans and turns: enough to follow their changes without a look at the others. */
export interface KeptStatistics extends ThreadTotals {
  turnCount: number;
  endedCount: number;
  /** The earliest start; of several, that of the smallest turn id. */
  first: TurnAt | null;
  /** The latest end, while no turn has ended the latest start; of several, that of the greatest turn id. */
  last: TurnAt | null;
  p50: KeptQuantile;
  p99: KeptQuantile;
}

/** A turn, as far as a thread's statistics go. */
export interface TimedTurn {
  turnId: string;
  startedAt: Instant;
  /** Null while it runs, and so is the duration. */
  endedAt: Instant | null;
  durationMs: number | null;
}

/** A turn that came (`before` is null), changed, or went (`after` is null). */
interface TimedTurnChange {
  /** The store's number for it. */
  id: number;
  before: Pick<TimedTurn, "durationMs"> | null;
  after: TimedTurn | null;
}

/** What changed in a thread; the turns in the order in which they changed. */
export interface ThreadChanges {
  totals: ThreadTotals;
  turns: TimedTurnChange[];
}

/** Answers for the turns of a thread, as they are after the changes. Each answer may cost a read. */
export interface TurnOrder extends DurationOrder {
  /** The earliest start. */
  firstStart(thread: ThreadKey): TurnAt | null;
  /** The latest end. */
  lastEnd(thread: ThreadKey): TurnAt | null;
  /** The latest start. */
  lastStart(thread: ThreadKey): TurnAt | null;
}

/**
 * The statistics of a thread after changes. Where a turn changed or went, asks for the first and the last; for each
 * quantile, asks for neighbours of its place, as far away as turns changed: the cost does not grow with the thread.
 */
export function followStatistics(
  thread: ThreadKey,
  kept: KeptStatistics,
  { totals, turns }: ThreadChanges,
  order: TurnOrder,
): KeptStatistics {
  const next: KeptStatistics = {
    ...kept,
    spanCount: kept.spanCount + totals.spanCount,
    inputTokens: kept.inputTokens + totals.inputTokens,
    outputTokens: kept.outputTokens + totals.outputTokens,
  };
  if (turns.length === 0) return next;
  countTurns(next, turns);
  if (turns.some(({ before }) => before !== null)) {
    next.first = order.firstStart(thread);
    next.last = order.lastEnd(thread) ?? order.lastStart(thread);
  }
  next.p50 = seekQuantile(order, thread, next.p50, next.endedCount, 50);
  next.p99 = seekQuantile(order, thread, next.p99, next.endedCount, 99);
  return next;
}

/** Counts turns in and out. Which is first and last is right afterwards only if all of them came. */
function countTurns(next: KeptStatistics, turns: TimedTurnChange[]): void {
  next.p50 = { ...next.p50 };
  next.p99 = { ...next.p99 };
  for (const { id, before, after } of turns) {
    if (before === null && after !== null) compareEnds(next, after);
    next.turnCount += Number(after !== null) - Number(before !== null);
    if (before !== null) countEnded(next, id, before.durationMs, -1);
    if (after !== null) countEnded(next, id, after.durationMs, 1);
  }
}

/** Compares a turn that came with the first and the last. */
function compareEnds(next: KeptStatistics, { turnId, startedAt, endedAt }: TimedTurn): void {
  const start = { turnId, at: startedAt };
  next.first = earlier(next.first, start);
  if (endedAt !== null) {
    const end = { turnId, at: endedAt };
    next.last = next.endedCount === 0 ? end : later(next.last, end);
  } else if (next.endedCount === 0) {
    next.last = later(next.last, start);
  }
}

/** Counts a duration in or out, and how many are before the places of the quantiles. */
function countEnded(next: KeptStatistics, id: number, durationMs: number | null, change: 1 | -1): void {
  if (durationMs === null) return;
  next.endedCount += change;
  for (const place of [next.p50, next.p99]) {
    if (durationMs < place.duration || (durationMs === place.duration && id < place.turn))
      place.below += change;
  }
}

function earlier(a: TurnAt | null, b: TurnAt): TurnAt {
  return a !== null && compareTurns(a, b) < 0 ? a : b;
}

function later(a: TurnAt | null, b: TurnAt): TurnAt {
  return a !== null && compareTurns(a, b) > 0 ? a : b;
}

function compareTurns(a: TurnAt, b: TurnAt): number {
  return a.at - b.at || compareCodePoints(a.turnId, b.turnId);
}
