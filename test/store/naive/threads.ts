import { durationMilliseconds } from "../../../src/model/base/instant.ts";
import { interpolate, quantilePosition } from "../../../src/model/threads/quantile.ts";
import {
  cursorAt,
  type ThreadCursor,
  type ThreadQuery,
  type ThreadSort,
  type ThreadSummary,
} from "../../../src/model/threads/thread.ts";
import { compareText, least } from "./order.ts";
import type { NaiveThread } from "./project.ts";
import type { Turn } from "./turns.ts";

/** The rows that a query asks for, in its order. */
export function selectThreads(threads: NaiveThread[], query: ThreadQuery): ThreadSummary[] {
  const { startedAfter, updatedBefore, threadIds, sort, limit, offset, after } = query;
  return threads
    .filter((thread) => thread.turns.length > 0)
    .map(summarize)
    .filter((row) => startedAfter === null || row.startTime > startedAfter)
    .filter((row) => updatedBefore === null || row.lastUpdated < updatedBefore)
    .filter((row) => threadIds === null || threadIds.includes(row.threadId))
    .toSorted((a, b) => comparePlaces(cursorAt(a, sort), cursorAt(b, sort), sort))
    .filter((row) => after === null || comparePlaces(cursorAt(row, sort), after, sort) > 0)
    .slice(offset, limit === null ? undefined : offset + limit);
}

function comparePlaces(a: ThreadCursor, b: ThreadCursor, sort: ThreadSort[]): number {
  for (const [index, { direction }] of sort.entries()) {
    const order = compareValues(a.values[index]!, b.values[index]!, direction);
    if (order !== 0) return order;
  }
  return directed(compareText(a.threadId, b.threadId), sort.at(-1)!.direction);
}

function compareValues(
  a: number | string | null,
  b: number | string | null,
  direction: ThreadSort["direction"],
): number {
  if (a === null || b === null) return Number(a === null) - Number(b === null);
  return directed(
    typeof a === "number" && typeof b === "number" ? a - b : compareText(String(a), String(b)),
    direction,
  );
}

/** An order, or its reverse. */
export function directed(order: number, direction: ThreadSort["direction"]): number {
  return direction === "asc" ? order : -order;
}

/** The statistics of a thread that has a turn. */
export function summarize({ threadId, turns, spans, countedSpans }: NaiveThread): ThreadSummary {
  const first = least(turns, (a, b) => a.startedAt - b.startedAt || compareText(a.id, b.id));
  const ended = turns.flatMap(({ id, startedAt, endedAt }) =>
    endedAt === null ? [] : [{ id, startedAt, endedAt }],
  );
  const updates = ended.length > 0 ? ended.map(endOf) : turns.map(startOf);
  const last = least(updates, (a, b) => b.at - a.at || compareText(b.id, a.id));
  const durations = ended.map(({ startedAt, endedAt }) => durationMilliseconds(startedAt, endedAt));
  return {
    threadId,
    turnCount: turns.length,
    startTime: first.startedAt,
    lastUpdated: last.at,
    firstTurnId: first.id,
    lastTurnId: last.id,
    p50TurnDurationMs: quantile(durations, 50),
    p99TurnDurationMs: quantile(durations, 99),
    spanCount: spans.length,
    inputTokens: sum(countedSpans.map((span) => span.inputTokens)),
    outputTokens: sum(countedSpans.map((span) => span.outputTokens)),
  };
}

const startOf = ({ id, startedAt }: Turn) => ({ id, at: startedAt });
const endOf = ({ id, endedAt }: { id: string; endedAt: number }) => ({ id, at: endedAt });

function quantile(values: number[], percent: number): number | null {
  if (values.length === 0) return null;
  const sorted = values.toSorted((a, b) => a - b);
  const { index, remainder } = quantilePosition(sorted.length, percent);
  return interpolate(sorted[index]!, sorted[index + 1] ?? sorted[index]!, remainder);
}

function sum(numbers: (number | null)[]): number {
  return numbers.reduce<number>((total, number) => total + (number ?? 0), 0);
}
