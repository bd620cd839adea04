import { expect } from "vitest";
import type { ThreadQuery, ThreadSummary } from "../../src/model/threads/thread.ts";
import type { Checkpoint, HistoryQuery, ThreadSearch } from "../../src/model/threads/thread-record.ts";
import type { ConversationSpansQuery, SpanDetails, StoredSpan } from "../../src/model/traces/span.ts";
import type { RecordBatch, RecordReader, StateReader } from "../../src/store/roles/records.ts";
import type { ConversationSpans, SpanReader, ThreadReader } from "../../src/store/roles/spans.ts";
import { spansQuery, threadQuery } from "./builders.ts";

/** All rows of a thread query. */
export async function readThreads(store: ThreadReader, query: ThreadQuery): Promise<ThreadSummary[]> {
  return (await Array.fromAsync(store.queryThreads(query))).flat();
}

/** The row of one thread of the builders' project; undefined if it is not listed. */
export async function readThread(store: ThreadReader, threadId: string): Promise<ThreadSummary | undefined> {
  return (await readThreads(store, threadQuery({ threadIds: [threadId] })))[0];
}

/** One entry for each conversation of a query, put together from its parts; fails where these do not fit together. */
export async function readConversations(
  store: SpanReader,
  query: ConversationSpansQuery,
): Promise<Omit<ConversationSpans, "continues">[]> {
  const whole: Omit<ConversationSpans, "continues">[] = [];
  let open = false;
  for await (const batch of store.querySpans(query)) {
    for (const { continues, ...part } of batch) {
      if (!open)
        whole.push({ position: whole.length, conversationId: part.conversationId, spans: [], feedback: [] });
      const current = whole.at(-1)!;
      expect(part).toMatchObject({ position: current.position, conversationId: current.conversationId });
      if (continues) expect(part.feedback).toEqual([]);
      current.spans = current.spans.concat(part.spans);
      current.feedback = part.feedback;
      open = continues;
    }
  }
  expect(open, "the last part says that more follows").toBe(false);
  expect(whole.map((each) => each.conversationId)).toEqual(query.conversationIds);
  return whole;
}

/** The spans of one conversation of the builders' project, with details. */
export async function readSpans(
  store: SpanReader,
  conversationId: string,
  given: Partial<ConversationSpansQuery> = {},
): Promise<(StoredSpan & { details: SpanDetails })[]> {
  const query = spansQuery([conversationId], { view: "full", ...given });
  const [conversation] = await readConversations(store, query);
  return conversation!.spans.map((span) => ({ ...span, details: span.details! }));
}

/** The ids of the spans that belong to a thread of the builders' project, in the order they are returned in. */
export async function readSpanIds(store: SpanReader, threadId: string): Promise<string[]> {
  return (await readSpans(store, threadId)).map((span) => span.spanId);
}

/** The turn of each span that belongs to a thread of the builders' project, by span id. */
export async function readTurnIds(
  store: SpanReader,
  threadId: string,
): Promise<Record<string, string | null>> {
  const spans = await readSpans(store, threadId);
  return Object.fromEntries(spans.map((span) => [span.spanId, span.details.turnId]));
}

/** The whole answer to a search, put together from its batches; fails where these do not fit together. */
export async function readRecords(store: RecordReader, query: ThreadSearch): Promise<RecordBatch> {
  const [first, ...more] = await Array.fromAsync(store.searchThreads(query));
  expect(first, "a search yields at least one batch").toBeDefined();
  for (const { total, hasMore } of more) {
    expect({ total, hasMore }).toEqual({ total: first!.total, hasMore: first!.hasMore });
  }
  return { ...first!, threads: [first!, ...more].flatMap(({ threads }) => threads) };
}

/** The ids that a search finds, in its order. */
export async function readRecordIds(store: RecordReader, query: ThreadSearch): Promise<string[]> {
  return (await readRecords(store, query)).threads.map(({ threadId }) => threadId);
}

/** All states that a query asks for. */
export async function readStates(store: StateReader, query: HistoryQuery): Promise<Checkpoint[]> {
  return (await Array.fromAsync(store.listStates(query))).flat();
}
