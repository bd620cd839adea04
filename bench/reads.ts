import Database from "better-sqlite3";
import { THREAD_SORT_FIELDS, type ThreadQuery } from "../src/model/threads/thread.ts";
import type { ConversationSpansQuery } from "../src/model/traces/span.ts";
import type { Store } from "../src/store/store.ts";
import { conversationsOf } from "./build.ts";
import { BENCH_PROJECT } from "./data.ts";
import { measure, type Row, timingRow } from "./measure.ts";

const PAGE = 50;

/** A page of threads in each order and direction, beside the same statement run bare. */
export async function benchPages(store: Store, file: string): Promise<Row[]> {
  const db = new Database(file, { readonly: true });
  const rows: Row[] = [];
  for (const field of THREAD_SORT_FIELDS) {
    for (const direction of ["desc", "asc"] as const) {
      const column = field.replace("_turn_duration_ms", "");
      const order =
        column === "thread_id" ? `thread_id ${direction}` : `${column} ${direction}, thread_id ${direction}`;
      const bare = db.prepare(
        `SELECT thread_id, turn_count, start_time, last_updated, first_turn_id, last_turn_id, p50, p99, span_count,
           input_tokens, output_tokens
         FROM thread INDEXED BY thread_by_${column} WHERE project = 1 AND start_time IS NOT NULL ORDER BY ${order} LIMIT ?`,
      );
      const query = threadQuery({ sort: [{ field, direction }], limit: PAGE });
      const floor = await measure(500, () => bare.all(PAGE));
      const measured = await measure(500, () => drain(store.queryThreads(query)));
      rows.push(timingRow(`${PAGE} threads by ${field} ${direction}`, measured, floor));
    }
  }
  db.close();
  return rows;
}

/** All threads, and the spans of many conversations, each beside the same rows read bare. */
export async function benchStreams(store: Store, file: string, threads: number): Promise<Row[]> {
  const db = new Database(file, { readonly: true });
  const all = db.prepare(
    "SELECT * FROM thread INDEXED BY thread_by_last_updated WHERE project = 1 AND start_time IS NOT NULL ORDER BY last_updated DESC, thread_id DESC",
  );
  const find = db.prepare<[string], { id: number }>(
    "SELECT id FROM thread WHERE project = 1 AND thread_id = ?",
  );
  const spans = db.prepare(
    `SELECT operation_name, trace_id, span_id, status, span.started_at, span.ended_at
     FROM span INDEXED BY span_by_thread JOIN trace ON trace.id = span.trace
     WHERE span.thread = ? ORDER BY span.started_at, span_id`,
  );
  const conversationIds = conversationsOf(threads);

  const floorThreads = await measure(3, () => all.all());
  const streamed = await measure(3, () => drain(store.queryThreads(threadQuery({ limit: null }))));
  const floorSpans = await measure(3, () => conversationIds.map((id) => spans.all(find.get(id)!.id)));
  const conversations = await measure(3, () => drain(store.querySpans(spansQuery(conversationIds))));
  db.close();
  return [
    timingRow(`all ${threads} threads, streamed`, streamed, floorThreads),
    timingRow(`the spans of ${conversationIds.length} conversations`, conversations, floorSpans),
  ];
}

function threadQuery(given: Partial<ThreadQuery>): ThreadQuery {
  return {
    projectId: BENCH_PROJECT,
    now: Date.now() * 1000,
    startedAfter: null,
    updatedBefore: null,
    threadIds: null,
    sort: [{ field: "last_updated", direction: "desc" }],
    limit: null,
    offset: 0,
    after: null,
    ...given,
  };
}

function spansQuery(conversationIds: string[]): ConversationSpansQuery {
  return {
    projectId: BENCH_PROJECT,
    now: Date.now() * 1000,
    conversationIds,
    startedAfter: null,
    startedBefore: null,
    maxSpansPerConversation: null,
    view: "basic",
  };
}

async function drain(batches: AsyncIterable<unknown[]>): Promise<number> {
  let rows = 0;
  for await (const batch of batches) rows += batch.length;
  return rows;
}
