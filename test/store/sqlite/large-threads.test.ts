import Database from "better-sqlite3";
import { expect, it, onTestFinished } from "vitest";
import type { Span } from "../../../src/model/traces/span.ts";
import { StoreUnavailableError } from "../../../src/store/errors.ts";
import { NOW, PROJECT, span, spansQuery, threadQuery } from "../builders.ts";
import { readConversations, readThreads } from "../reading.ts";
import { openTemporaryStore } from "../temporary-store.ts";

/** More than one transaction removes. */
const TURNS = 2_500;

const LARGE = { projectId: PROJECT, threadId: "large", now: NOW };

function turns(thread: string): Span[] {
  return Array.from({ length: TURNS }, (_, i) =>
    span({ traceId: `trace ${i}`, spanId: `${thread} ${i}`, thread, startedAt: i * 10, endedAt: i * 11 + 1 }),
  );
}

async function openWith(spans: Span[]) {
  const temporary = await openTemporaryStore();
  onTestFinished(() => temporary.close());
  await temporary.store.writeSpans(spans);
  const outside = new Database(temporary.file, { readonly: true });
  onTestFinished(() => {
    outside.close();
  });
  const count = outside.prepare<[], number>("SELECT count(*) FROM span").pluck();
  return { ...temporary, storedSpans: () => count.get()! };
}

it("a large thread that is deleted is hidden at once, and writes come in while it is removed", async () => {
  const { store, storedSpans } = await openWith(turns("large"));
  const settled: string[] = [];
  const removal = store.deleteThread(LARGE).then(() => settled.push("removal"));
  await store.writeSpans([span({ thread: "small" })], NOW).then(() => settled.push("write"));
  expect(storedSpans()).toBeGreaterThan(TURNS / 2);
  expect((await readThreads(store, threadQuery())).map(({ threadId }) => threadId)).toEqual(["small"]);
  expect(await store.getThread(LARGE)).toBeNull();
  await expect(store.deleteThread(LARGE)).rejects.toThrow("not found");
  await removal;
  expect(settled).toEqual(["write", "removal"]);
  expect(storedSpans()).toBe(1);
});

it("a removal that a stop of the store cuts short is done by the next sweep", async () => {
  const { store, reopen, storedSpans } = await openWith(turns("large"));
  const removal = expect(store.deleteThread(LARGE)).rejects.toThrow(StoreUnavailableError);
  await store.writeSpans([span({ thread: "small" })], NOW);
  const again = await reopen();
  await removal;
  expect(storedSpans()).toBeGreaterThan(1);
  expect((await readThreads(again, threadQuery())).map(({ threadId }) => threadId)).toEqual(["small"]);
  expect(await again.sweepExpired(NOW, 10)).toBe(1);
  expect(storedSpans()).toBe(1);
});

it("what is written to a large thread while it is removed begins it anew", async () => {
  const { store, storedSpans } = await openWith(turns("large"));
  const late = span({ traceId: "trace 2000", spanId: "late", parentSpanId: "large 2000", thread: "large" });
  await Promise.all([store.deleteThread(LARGE), store.writeSpans([late], NOW)]);
  expect(await readThreads(store, threadQuery())).toMatchObject([{ threadId: "large", turnCount: 1 }]);
  expect(storedSpans()).toBe(1);
});

it("of traces that a large thread shares all that is not its own stays", async () => {
  const shared = turns("large").flatMap((root, i) => [
    root,
    span({ ...root, spanId: `child ${i}`, parentSpanId: root.spanId, threadClaim: null, inputTokens: 1 }),
    span({ ...root, spanId: `other ${i}`, parentSpanId: root.spanId, thread: `other ${i % 7}` }),
  ]);
  const others = shared.filter(({ spanId }) => spanId.startsWith("other"));
  const [{ store, storedSpans }, { store: expected }] = [await openWith(shared), await openWith(others)];
  await store.deleteThread(LARGE);
  expect(storedSpans()).toBe(TURNS);
  expect(await readThreads(store, threadQuery())).toEqual(await readThreads(expected, threadQuery()));
  const query = spansQuery(["large", ...Array.from({ length: 7 }, (_, i) => `other ${i}`)]);
  expect(await readConversations(store, query)).toEqual(await readConversations(expected, query));
});
