import type { Instant } from "../base/instant.ts";
import type { SortDirection } from "../query/sort-direction.ts";

/** One thread with statistics of its turns. Only threads with at least one turn have one. */
export interface ThreadSummary {
  threadId: string;
  /** Turns of the thread, running ones too. */
  turnCount: number;
  /** The earliest turn start. */
  startTime: Instant;
  /** The latest turn end; while no turn has ended, the latest start. */
  lastUpdated: Instant;
  /** The turn that starts first; of several, the one with the smallest id. */
  firstTurnId: string;
  /** The turn `lastUpdated` is taken from; of several, the one with the greatest id. */
  lastTurnId: string;
  /** R-7 quantiles of the ended turns' durations; null while none has ended. */
  p50TurnDurationMs: number | null;
  p99TurnDurationMs: number | null;
  /** Spans that belong to the thread. */
  spanCount: number;
  /** Tokens of the thread's spans, each counted once. */
  inputTokens: number;
  outputTokens: number;
}

/** What threads can be sorted by, in the words of the documents. */
export const THREAD_SORT_FIELDS = [
  "thread_id",
  "turn_count",
  "start_time",
  "last_updated",
  "p50_turn_duration_ms",
  "p99_turn_duration_ms",
] as const;

export type ThreadSortField = (typeof THREAD_SORT_FIELDS)[number];

/** One key of an order. */
export interface ThreadSort {
  field: ThreadSortField;
  direction: SortDirection;
}

/** The order of a query that names none. */
export const DEFAULT_THREAD_SORT: ThreadSort = { field: "last_updated", direction: "desc" };

/**
 * The order that a list of sort keys stands for: the default for an empty list, and without keys that cannot matter (a
 * field named again, anything after the unique thread_id). Where the last key is left out so and went the other way,
 * thread_id takes its place: it breaks ties in the direction of the last key. So it has six keys at most.
 */
export function effectiveSort(keys: ThreadSort[]): ThreadSort[] {
  const effective: ThreadSort[] = [];
  for (const key of keys) {
    if (effective.at(-1)?.field === "thread_id") break;
    if (!effective.some(({ field }) => field === key.field)) effective.push(key);
  }
  const last = effective.at(-1);
  if (!last) return [DEFAULT_THREAD_SORT];
  const { direction } = keys.at(-1)!;
  if (last.field === "thread_id" || last.direction === direction) return effective;
  return [...effective, { field: "thread_id", direction }];
}

/** A place in an ordered result: the sort keys' values at a row, and the row's thread. */
export interface ThreadCursor {
  values: (number | string | null)[];
  threadId: string;
}

/** Asks for threads with statistics of their turns; conditions are joined by AND. */
export interface ThreadQuery {
  projectId: string;
  /** What has expired by now is not found. */
  now: Instant;
  /** Only threads whose startTime is later than this. */
  startedAfter: Instant | null;
  /** Only threads whose lastUpdated is earlier than this. */
  updatedBefore: Instant | null;
  /** Only these threads; null means all. */
  threadIds: string[] | null;
  /**
   * At least one key, the most significant first. Ties are broken by thread id (code points) in the direction of the
   * last key; nulls come last in both directions.
   */
  sort: ThreadSort[];
  /** Null means no limit. */
  limit: number | null;
  offset: number;
  /** Continues after this place; `offset` counts from there. */
  after: ThreadCursor | null;
}

/** The place of a row in the order of a query, from which a later query can go on. */
export function cursorAt(row: ThreadSummary, sort: ThreadSort[]): ThreadCursor {
  return { values: sort.map((key) => sortValue(row, key.field)), threadId: row.threadId };
}

/** A row's value of a sort field. */
function sortValue(row: ThreadSummary, field: ThreadSortField): number | string | null {
  switch (field) {
    case "thread_id":
      return row.threadId;
    case "turn_count":
      return row.turnCount;
    case "start_time":
      return row.startTime;
    case "last_updated":
      return row.lastUpdated;
    case "p50_turn_duration_ms":
      return row.p50TurnDurationMs;
    case "p99_turn_duration_ms":
      return row.p99TurnDurationMs;
  }
}
