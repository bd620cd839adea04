import type {
  ThreadCursor,
  ThreadQuery,
  ThreadSort,
  ThreadSummary,
} from "../../../src/model/threads/thread.ts";
import { compareText, directed, least, sum } from "./order.ts";
import type { NaiveThread } from "./project.ts";
import { quantile } from "./quantile.ts";
import { millisecondsBetween } from "./time.ts";
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
    .toSorted((a, b) => comparePlaces(placeOf(a, sort), placeOf(b, sort), sort))
    .filter((row) => after === null || comparePlaces(placeOf(row, sort), after, sort) > 0)
    .slice(offset, limit === null ? undefined : offset + limit);
}

/** Where a row stands in an order: at the fields it is sorted by. */
function placeOf(row: ThreadSummary, sort: ThreadSort[]): ThreadCursor {
  const fields = {
    thread_id: row.threadId,
    turn_count: row.turnCount,
    start_time: row.startTime,
    last_updated: row.lastUpdated,
    p50_turn_duration_ms: row.p50TurnDurationMs,
    p99_turn_duration_ms: row.p99TurnDurationMs,
  };
  return { values: sort.map(({ field }) => fields[field]), threadId: row.threadId };
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

/** The statistics of a thread that has a turn. */
export function summarize({ threadId, turns, spans, countedSpans }: NaiveThread): ThreadSummary {
  const first = least(turns, (a, b) => a.startedAt - b.startedAt || compareText(a.id, b.id));
  const ended = turns.flatMap(({ id, startedAt, endedAt }) =>
    endedAt === null ? [] : [{ id, startedAt, endedAt }],
  );
  const updates = ended.length > 0 ? ended.map(endOf) : turns.map(startOf);
  const last = least(updates, (a, b) => b.at - a.at || compareText(b.id, a.id));
  const durations = ended.map(({ startedAt, endedAt }) => millisecondsBetween(startedAt, endedAt));
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
