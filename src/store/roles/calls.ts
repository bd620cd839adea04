import type { CallChange, CallDeletion, CallFilter, CallQuery, StoredCall } from "../../model/calls/call.ts";
import type { ThreadKeyAt } from "../../model/threads/thread-record.ts";
import type { ReadOptions } from "./read-options.ts";

/**
 * Takes in calls. A call is a span, made of the halves that have come: it replaces a span of its identity, and belongs
 * to the thread and turn it names.
 */
export interface CallWriter {
  /**
   * Stores starts, ends and names of calls, of any projects and in any order, with all that follows from them, in the
   * same transaction. A half replaces the half of its kind that came before; a call is visible once its start has come.
   * Must resolve only when all are durable. If it rejects, any part may have been stored; sending all again is safe.
   * Threads that have expired by `now` are treated as in `writeSpans`, those that the calls were part of among them.
   */
  writeCalls(changes: CallChange[], now?: ThreadKeyAt["now"]): Promise<void>;
  /**
   * Removes calls with all calls below them, their spans and the feedback on them, in one transaction; what else is in
   * their traces is as if they had never come. Where a thread they are part of has expired by `now`, what expiring does
   * comes first. Returns the ids of the calls removed. Costs the traces they are in.
   */
  deleteCalls(which: CallDeletion): Promise<string[]>;
}

/** Reads calls. */
export interface CallReader {
  /**
   * Yields the calls that match, in order, in batches of bounded size, from one snapshot. Costs the calls that have
   * the ids, ops or refs asked for; without any, those passed over in the order of starts up to the limit, in another
   * order all. An expression, or an order by what is in documents, looks into these one by one, never on the caller's
   * event loop; of such an order no more than a page is kept in memory, and an engine may raise `InvalidRequestError`
   * for one that is too large. Releases as `queryThreads` does.
   */
  queryCalls(query: CallQuery, options?: ReadOptions): AsyncIterable<StoredCall[]>;
  /**
   * How many calls match. Costs the calls that have the ids, ops or refs asked for; without any, all of the project.
   * Releases as `queryThreads` does.
   */
  countCalls(filter: CallFilter, options?: ReadOptions): Promise<number>;
}
