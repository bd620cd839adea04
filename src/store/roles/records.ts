import type {
  Checkpoint,
  HistoryQuery,
  StateQuery,
  StateUpdate,
  ThreadDraft,
  ThreadFilter,
  ThreadKeyAt,
  ThreadPatch,
  ThreadRecord,
  ThreadSearch,
  TtlStrategy,
} from "../../model/threads/thread-record.ts";
import type { ReadOptions } from "./read-options.ts";

/**
 * Creates, changes and removes threads. Each call is one transaction: it sees all that was acknowledged before it, and
 * of two that come at once one follows the other. Durable when it resolves. Where the thread has expired by the call's
 * `now`, what expiring does to it comes first.
 */
export interface RecordWriter {
  /**
   * Creates a thread. Where only spans have made the thread so far it becomes the client's, and `created` is true. Must
   * raise `AlreadyExistsError` if a client has created it before and the draft says `raise`, and, as `patchThread` and
   * `setState` must, `InvalidRequestError` if its metadata or updates are no JSON objects; tasks and interrupts the
   * door has checked.
   */
  createThread(draft: ThreadDraft): Promise<{ thread: WholeRecord; created: boolean }>;
  /** Changes a thread, and moves its `updatedAt` to `now` (never back). Must raise `NotFoundError` if there is none. */
  patchThread(patch: ThreadPatch): Promise<WholeRecord>;
  /**
   * Removes a thread with all it holds: metadata, state, history, messages, the spans that belong to it with their turns and
   * messages, and the feedback on it and on them. Another thread that shares a trace with it is as if those spans had
   * never come. What is written later under the same id is new. Must raise `NotFoundError` if there is none.
   *
   * A thread that holds much may go in several transactions, so that other writes need not wait: no read sees it from
   * the first on, and a sweep removes what is left if the rest fails. Resolves when all of it is gone.
   */
  deleteThread(key: ThreadKeyAt): Promise<DeletedThread>;
  /**
   * Creates the thread `copyId`, idle and without a TTL, with the metadata, state, history and messages of a thread, and
   * what it has as a chat but its flags; checkpoints and messages keep their ids. Spans, with what they say, and feedback
   * stay where they are. Must raise `NotFoundError` if there is no such thread, and
   * `AlreadyExistsError` if a client has created `copyId` before.
   */
  copyThread(key: ThreadKeyAt, copyId: string): Promise<WholeRecord>;
  /**
   * Does to each of some threads what a TTL of this strategy does in the end, and returns to how many; an id that is
   * unknown or comes again is passed over. Each thread is a transaction of its own.
   */
  pruneThreads(prune: ThreadPrune): Promise<number>;
}

/** Which threads to prune, and how. */
interface ThreadPrune {
  projectId: string;
  threadIds: string[];
  strategy: TtlStrategy;
  now: ThreadKeyAt["now"];
}

/** What a thread held that is gone. */
interface DeletedThread {
  /** Messages of its transcript. */
  messages: number;
}

/** A record with all its documents. */
export type WholeRecord = Required<Omit<ThreadRecord, "extracted">>;

/** Gives threads their states. */
export interface StateWriter {
  /**
   * Adds a state to a thread, which becomes its latest, and moves `updatedAt` and `stateUpdatedAt` to `now` (never back). All states
   * of one thread form one history: the values each follows are those of its parent. Must raise `NotFoundError` if
   * there is no such thread, or no such base. One transaction, durable when it resolves.
   */
  setState(update: StateUpdate): Promise<Checkpoint>;
}

/** Reads threads as documents. */
export interface RecordReader {
  /** The thread; null if there is none. Costs a look-up and its documents. */
  getThread(key: ThreadKeyAt): Promise<WholeRecord | null>;
  /**
   * Yields the matching threads in order, from one snapshot, in batches of bounded size, and at least one batch.
   * Releases as `queryThreads` does.
   *
   * Must cost what it returns and the offset it steps over where there is no filter, or one on the status alone, the
   * total included; with a filter that few threads match, those few. A filter that many match may look at every thread
   * on the way to the end of the page, and for its total at every thread; never on the caller's event loop.
   */
  searchThreads(search: ThreadSearch, options?: ReadOptions): AsyncIterable<RecordBatch>;
  /** How many threads match: what `total` says in a search. Ends as a search does when `signal` aborts. */
  countThreads(filter: ThreadFilter, options?: ReadOptions): Promise<number>;
}

/** A part of the answer to a search. */
export interface RecordBatch {
  threads: ThreadRecord[];
  /** The same in every batch: all matches, null if the search did not ask. */
  total: number | null;
  /** The same in every batch: whether more threads match after the last one of the page. */
  hasMore: boolean;
}

/** Reads the states of threads. Must raise `NotFoundError` if there is no such thread. */
export interface StateReader {
  /** A state; null if the thread has none yet. Must raise `NotFoundError` for a checkpoint that is not there. */
  getState(query: StateQuery): Promise<Checkpoint | null>;
  /**
   * Yields states, the newest first, in batches of bounded size from one snapshot. Costs the states it returns, and
   * with a filter those it looks at. Releases as `queryThreads` does.
   */
  listStates(query: HistoryQuery, options?: ReadOptions): AsyncIterable<Checkpoint[]>;
}

/**
 * Does what the TTLs of threads ask. Reads hide what has expired whether it ran or not: the thread, its spans and the
 * feedback on it. What its going means for other threads that share a trace with it shows when it is swept.
 */
export interface ThreadSweeper {
  /**
   * Removes or thins out up to `limit` threads, of any project, that have expired by `now`, and returns how many it
   * was; fewer than `limit` means there are no more. Each thread is a transaction of its own.
   */
  sweepExpired(now: ThreadKeyAt["now"], limit: number): Promise<number>;
}
