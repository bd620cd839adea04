import type { Feedback, SpanFeedback } from "../model/feedback.ts";
import type { ConversationSpansQuery, Span, StoredSpan } from "../model/span.ts";
import type { ThreadQuery, ThreadSummary } from "../model/thread.ts";

/**
 * A conversation store, in the model's words. Each engine is a folder beside this file and must pass
 * `test/store/suite`. Nothing here assumes one process or one file.
 *
 * Errors every operation may raise: `StoreBusyError` when the engine has more work waiting than it is configured to
 * hold (nothing was done; trying again later helps), `StoreUnavailableError` when it cannot reach or write its storage.
 */
export interface Store extends SpanWriter, FeedbackWriter, ThreadReader, SpanReader, StoreState {
  /** Finishes what is under way, then releases everything. Later calls must raise `StoreUnavailableError`. */
  close(): Promise<void>;
}

/** Knows of the store as a whole. */
interface StoreState {
  /** Whether nothing is stored, of any project. Costs one look-up per kind of data. */
  isEmpty(): Promise<boolean>;
}

/** Takes in spans. */
export interface SpanWriter {
  /**
   * Stores spans, of any projects and in any order, and brings the statistics of every thread they touch up to date in
   * the same transaction. Must resolve only when all of them are durable. Storing a span again must change nothing
   * unless the new version wins (`compareVersions`). If it rejects, any part of the spans may have been stored;
   * sending all of them again is safe.
   */
  writeSpans(spans: Span[]): Promise<void>;
}

/** Takes in feedback. */
export interface FeedbackWriter {
  /** Stores feedback; must raise `AlreadyExistsError` if the project has feedback of this id. Durable when it resolves. */
  createFeedback(feedback: Feedback): Promise<void>;
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

/** Reads spans. */
export interface SpanReader {
  /**
   * Yields one entry for each id of the query, in its order, in batches of bounded size, from one snapshot. A
   * conversation too large for one batch comes as several entries in a row with the same `position`; its feedback is
   * in the last of them. Reads no payload. Releases as `queryThreads` does.
   */
  querySpans(query: ConversationSpansQuery, options?: ReadOptions): AsyncIterable<ConversationSpans[]>;
}

/** What a reader may say of its read. */
export interface ReadOptions {
  /** Ends the read; the iterator then raises the signal's reason. */
  signal?: AbortSignal;
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
