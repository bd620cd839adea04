import { expect } from "vitest";
import type { Feedback } from "../../src/model/feedback/feedback.ts";
import { THREAD_SORT_FIELDS } from "../../src/model/threads/thread.ts";
import type { Span } from "../../src/model/traces/span.ts";
import type { SpanReader, ThreadReader } from "../../src/store/roles/spans.ts";
import type { Store } from "../../src/store/store.ts";
import { NOW, spansQuery, threadQuery } from "./builders.ts";
import { createNaiveStore } from "./naive-store.ts";
import { readConversations, readThreads } from "./reading.ts";

/**
 * Fails unless everything that `store` says of threads and spans equals what a recomputation from `spans` and
 * `feedback`, all that were ever written to it, gives. Any order and any repetition of the spans will do.
 */
export async function expectRecomputed(
  store: ThreadReader & SpanReader,
  spans: Span[],
  feedback: Feedback[] = [],
): Promise<void> {
  const naive = createNaiveStore();
  await naive.writeSpans(spans);
  for (const each of feedback) await naive.createFeedback(each);
  for (const [projectId, ofProject] of Map.groupBy(spans, (span) => span.projectId)) {
    const threadIds = new Set(ofProject.flatMap(({ threadClaim }) => threadClaim?.threadId ?? []));
    await expectSameAnswers(store, naive, projectId, [...threadIds]);
  }
}

/** Fails unless two stores say the same of a project's threads, in every order, and of the spans of these threads. */
export async function expectSameAnswers(
  actual: ThreadReader & SpanReader,
  expected: Store,
  projectId: string,
  threadIds: string[],
  now = NOW,
): Promise<void> {
  const spans = spansQuery(threadIds, { projectId, now, view: "full" });
  expect(await readConversations(actual, spans)).toEqual(await readConversations(expected, spans));
  for (const field of THREAD_SORT_FIELDS) {
    for (const direction of ["asc", "desc"] as const) {
      const query = threadQuery({ projectId, now, sort: [{ field, direction }] });
      const rows = await readThreads(actual, query);
      expect(rows, `by ${field} ${direction}`).toEqual(await readThreads(expected, query));
    }
  }
}
