import type { SpanFeedback } from "../../model/feedback/feedback.ts";
import type { ThreadQuery, ThreadSummary } from "../../model/threads/thread.ts";
import type { ThreadKeyAt } from "../../model/threads/thread-record.ts";
import type { PlacedTurn, TurnQuery } from "../../model/threads/turn.ts";
import type { ConversationSpansQuery, Span, StoredSpan } from "../../model/traces/span.ts";
import type { ReadOptions } from "./read-options.ts";

/** Takes in spans. */
export interface SpanWriter {
  /**
   * Stores spans, of any projects and in any order, and brings the statistics of every thread they touch up to date in
   * the same transaction. Must resolve only when all of them are durable. Storing a span again must change nothing
   * unless the new version wins (`compareVersions`). If it rejects, any part of the spans may have been stored;
   * sending all of them again is safe.
   *
   * Where a thread that they claim, or one with spans in their traces, has expired by `now`, what expiring does to it
   * comes first, and they begin it anew. Without `now` they join it as it is, and go when it goes.
   */
  writeSpans(spans: Span[], now?: ThreadKeyAt["now"]): Promise<void>;
}

/** Reads threads. */
export interface ThreadReader {
  /**
   * Yields the threads that match, in order, in batches of at most a few hundred rows, from one snapshot. Must hold no
   * more than a few batches in memory whatever the consumer's pace, and release everything it holds when the consumer
   * returns early or `signal` aborts.
   */
  queryThreads(query: ThreadQuery, options?: ReadOptions): AsyncIterable<ThreadSummary[]>;
}

/** Reads the turns of threads. */
export interface TurnReader {
  /**
   * Yields turns of a thread, in their order whichever end they are nearest to, from one snapshot, in batches of bounded
   * size, and at least one. Costs the turns it returns. Raises `NotFoundError` if there is no such thread.
   */
  listTurns(query: TurnQuery, options?: ReadOptions): AsyncIterable<TurnBatch>;
}

/** Some turns of a thread. */
export interface TurnBatch {
  turns: PlacedTurn[];
  /** The same in every batch: how many turns the thread has. */
  total: number;
  /** The same in every batch: whether more turns follow, away from the end that was started at. */
  hasMore: boolean;
}

/** Reads spans. */
export interface SpanReader {
  /**
   * Yields one entry for each id of the query, in its order, in batches of bounded size, from one snapshot. A
   * conversation too large for one batch comes as several entries in a row with the same `position`; its feedback is
   * in the last of them. Reads no payload. Releases as `queryThreads` does.
   */
  querySpans(query: ConversationSpansQuery, options?: ReadOptions): AsyncIterable<ConversationSpans[]>;
}

/** The spans and feedback of one requested conversation, or a part of them. */
export interface ConversationSpans {
  /** The place of the conversation in the query's ids. */
  position: number;
  conversationId: string;
  /** By (startedAt, spanId). */
  spans: StoredSpan[];
  /** On the conversation first, then on turns whose traces are among its spans; each by (createdAt, id). */
  feedback: SpanFeedback[];
  /** More of this conversation follows. */
  continues: boolean;
}
