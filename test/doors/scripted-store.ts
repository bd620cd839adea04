import { setImmediate as nextTurn } from "node:timers/promises";
import type { Feedback } from "../../src/model/feedback/feedback.ts";
import type { ThreadQuery, ThreadSummary } from "../../src/model/threads/thread.ts";
import type { ConversationSpansQuery } from "../../src/model/traces/span.ts";
import type { ReadOptions } from "../../src/store/roles/read-options.ts";
import type { ConversationSpans } from "../../src/store/roles/spans.ts";
import type { Store } from "../../src/store/store.ts";
import { unusedStore } from "../store/unused-store.ts";

/** What one read of a scripted store was like. */
interface Read<Query> {
  query: Query;
  /** How many batches the reader asked for. */
  asked: number;
  /** Resolves when the reader has let go of the iterator, by reading to the end or returning, or the signal aborted. */
  closed: Promise<void>;
}

/** A store that answers reads from scripts and remembers what it was asked. */
export interface ScriptedStore extends Store {
  threadReads: Read<ThreadQuery>[];
  spanReads: Read<ConversationSpansQuery>[];
  feedback: Feedback[];
}

/** What a scripted store answers; an Error among the batches, or for a write, is raised when it is reached. */
export interface Script {
  threads?: Iterable<ThreadSummary[] | Error>;
  spans?: Iterable<ConversationSpans[] | Error>;
  feedback?: Error;
}

export function scriptedStore(script: Script = {}): ScriptedStore {
  const threadReads: Read<ThreadQuery>[] = [];
  const spanReads: Read<ConversationSpansQuery>[] = [];
  const feedback: Feedback[] = [];
  return {
    ...unusedStore,
    threadReads,
    spanReads,
    feedback,
    queryThreads: (query, options) => play(script.threads ?? [], query, threadReads, options),
    querySpans: (query, options) => play(script.spans ?? [], query, spanReads, options),
    async createFeedback(...given) {
      if (script.feedback) throw script.feedback;
      feedback.push(...given);
    },
    async writeSpans() {},
    isEmpty: async () => false,
    async close() {},
  };
}

async function* play<Row, Query>(
  batches: Iterable<Row | Error>,
  query: Query,
  reads: Read<Query>[],
  { signal }: ReadOptions = {},
): AsyncGenerator<Row> {
  const { promise: closed, resolve } = Promise.withResolvers<void>();
  const read: Read<Query> = { query, asked: 0, closed };
  reads.push(read);
  try {
    for (const batch of batches) {
      read.asked += 1;
      await nextTurn();
      signal?.throwIfAborted();
      if (batch instanceof Error) throw batch;
      yield batch;
    }
  } finally {
    resolve();
  }
}
