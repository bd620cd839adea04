import type { Instant } from "../base/instant.ts";
import type { ExtractPath } from "../query/extract.ts";
import type { SortDirection } from "../query/sort-direction.ts";
import type { ThreadCursor } from "./thread.ts";

/** What a thread is doing, in the order that sorting by status has. */
export const THREAD_STATUSES = ["busy", "error", "idle", "interrupted"] as const;

export type ThreadStatus = (typeof THREAD_STATUSES)[number];

/** What becomes of a thread when its time is up: all of it goes, or all of its history before the latest state. */
export type TtlStrategy = "delete" | "keep_latest";

/** How long a thread is kept. */
export interface ThreadTtl {
  strategy: TtlStrategy;
  /** Greater than 0; fractions are allowed. */
  minutes: number;
  /** With `keep_latest` the next time its history goes, which comes round again every `minutes`. */
  expiresAt: Instant;
}

/** The documents of a thread that a read returns only when asked. */
export type StoredDocument = "metadata" | "values" | "interrupts";

/**
 * A thread as a document. A thread is a record when a client has created it or at least one span belongs to it; it is
 * one and the same thread whichever came first.
 *
 * A thread that only spans have made has the status "idle", empty metadata, no state and no TTL, and it is created when
 * its first turn starts (its first span, while it has no turn). A thread is updated when a client last changed it or at
 * its last turn's end (`ThreadSummary.lastUpdated`), whichever is later.
 */
export interface ThreadRecord {
  threadId: string;
  createdAt: Instant;
  updatedAt: Instant;
  /** When its state last changed; `createdAt` until it has one. */
  stateUpdatedAt: Instant;
  status: ThreadStatus;
  ttl: ThreadTtl | null;
  /** A JSON object as text; absent if the read did not ask for it, as are the next two. */
  metadata?: string;
  /** The values of the latest state, a JSON object as text; null while the thread has no state. */
  values?: string | null;
  /** The interrupts of the latest state, a JSON object as text. */
  interrupts?: string;
  /** One JSON text for each path of `ThreadSearch.extract`, in its order; `null` where a path leads nowhere. */
  extracted?: string[];
}

/** A thread to be created. */
export interface ThreadDraft {
  projectId: string;
  /** The client's, or a new one by `createUuid`. */
  threadId: string;
  /** A JSON object as text. */
  metadata: string;
  ttl: Pick<ThreadTtl, "strategy" | "minutes"> | null;
  /** States the thread begins with, each a step of its history. */
  states: StateChange[];
  /** What to do when the project has a thread of this id: raise an error, or answer with that thread, unchanged. */
  ifExists: "raise" | "do_nothing";
  now: Instant;
}

/** A change to a thread; what is null stays as it is. */
export interface ThreadPatch {
  projectId: string;
  threadId: string;
  /** A JSON object as text; its members replace those of the thread's metadata, a null too. */
  metadata: string | null;
  /** Replaces the thread's TTL; its time counts from `now`. */
  ttl: Pick<ThreadTtl, "strategy" | "minutes"> | null;
  status: ThreadStatus | null;
  now: Instant;
}

/** Which thread, and when: what has expired by `now` is not there. */
export interface ThreadKeyAt {
  projectId: string;
  threadId: string;
  now: Instant;
}

/** What a new state is, told as the difference to the one it follows; what is null stays as it is. */
export interface StateChange {
  /** A candidate for the new checkpoint's id, by `createUuid`: see `laterId`. */
  checkpointId: string;
  /** Updates of the values, JSON objects as text, applied in this order by the update rule. */
  updates: string[];
  /** The status the thread then has. */
  status: ThreadStatus | null;
  /** The steps to run next. */
  next: string[] | null;
  /** A JSON array as text. */
  tasks: string | null;
  /** A JSON object as text. */
  interrupts: string | null;
  /** The step this change was made in the name of. */
  asNode: string | null;
}

/** A new state for a thread. */
export interface StateUpdate extends ThreadKeyAt {
  /** The checkpoint it follows; null for the latest one. */
  baseId: string | null;
  change: StateChange;
}

/** One state of a thread's history. Of two of one thread the later has the greater id. */
export interface Checkpoint {
  checkpointId: string;
  /** The one it follows; null for the first, and where that one is gone. */
  parentId: string | null;
  createdAt: Instant;
  /** A JSON object as text. */
  values: string;
  next: string[];
  /** A JSON array as text. */
  tasks: string;
  /** A JSON object as text. */
  interrupts: string;
  /** How it came about, a JSON object as text: see `checkpointMetadata`. */
  metadata: string;
}

/** Asks for one state of a thread. */
export interface StateQuery extends ThreadKeyAt {
  /** Null for the latest. */
  checkpointId: string | null;
}

/** Asks for states of a thread, the newest first; what is null asks nothing. */
export interface HistoryQuery extends ThreadKeyAt {
  limit: number | null;
  /** Only states with a smaller id; there need be none of this id. */
  before: string | null;
  /** Begins with this state, if it is there: only states whose id is not greater. */
  from: string | null;
  /** Only states whose metadata contain this JSON object (text), by `contains`. */
  metadata: string | null;
}

/** Which threads; conditions are joined by AND, and what is null asks nothing. */
export interface ThreadFilter {
  projectId: string;
  /** What has expired by now is not found. */
  now: Instant;
  threadIds: string[] | null;
  /** Only threads whose metadata contain this JSON object (text), by `contains`. */
  metadata: string | null;
  /** Only threads with a state whose values contain this JSON object (text). */
  values: string | null;
  status: ThreadStatus | null;
  /** Only threads whose id is a UUID in lower case. */
  uuidsOnly: boolean;
}

/** What records can be sorted by. */
export const RECORD_SORT_FIELDS = [
  "thread_id",
  "status",
  "created_at",
  "updated_at",
  "state_updated_at",
] as const;

export type RecordSortField = (typeof RECORD_SORT_FIELDS)[number];

/** Asks for thread records. */
export interface ThreadSearch extends ThreadFilter {
  /** Ties are broken by thread id (code points) in the same direction. */
  sortBy: RecordSortField;
  sortOrder: SortDirection;
  /** Null means no limit. */
  limit: number | null;
  offset: number;
  /** Continues after this place (`recordCursor`); `offset` counts from there. */
  after: ThreadCursor | null;
  /** The documents to return; no other is read from storage, except where a filter or path looks into it. */
  documents: readonly StoredDocument[];
  /** Paths to look up in each thread's documents; its config, which is not stored, counts as empty. */
  extract: readonly ExtractPath[];
  /** Whether to count all matches, whatever limit, offset and place. */
  withTotal: boolean;
}

/** How many threads one call may prune: each is a durable write. */
export const MAX_PRUNED_THREADS = 10_000;

/** The place of a record in the order of a search, from which a later one can go on. */
export function recordCursor(record: ThreadRecord, sortBy: RecordSortField): ThreadCursor {
  const { threadId, status, createdAt, updatedAt, stateUpdatedAt } = record;
  switch (sortBy) {
    case "thread_id":
      return { values: [threadId], threadId };
    case "status":
      return { values: [status], threadId };
    case "created_at":
      return { values: [createdAt], threadId };
    case "updated_at":
      return { values: [updatedAt], threadId };
    case "state_updated_at":
      return { values: [stateUpdatedAt], threadId };
  }
}
