import { expect } from "vitest";
import type { Span } from "../../../src/model/traces/span.ts";
import { StoreUnavailableError } from "../../../src/store/errors.ts";
import type { ReadOptions } from "../../../src/store/roles/read-options.ts";
import type { ConversationSpans } from "../../../src/store/roles/spans.ts";
import type { Store } from "../../../src/store/store.ts";
import { feedback, span, spansQuery, threadQuery } from "../builders.ts";
import { readConversations, readSpanIds, readThread, readThreads } from "../reading.ts";
import { expectRecomputed } from "../recompute.ts";
import type { DefineTest } from "./describe-store.ts";

const COUNT = 2_500;
const MOST_THREADS_IN_A_BATCH = 1_000;
const MOST_SPANS_IN_A_BATCH = 2_000;

const number = (index: number) => String(index).padStart(5, "0");
const numbers = Array.from({ length: COUNT }, (_, index) => number(index));

/** As many threads of one turn each. */
const manyThreads = numbers.map((id) => span({ traceId: id, thread: id }));
/** One thread of as many spans, all below the first. */
const manySpans = numbers.map((spanId, index) =>
  span({
    spanId,
    parentSpanId: index === 0 ? null : number(0),
    startedAt: index,
    ...(index === 0 && { thread: "big" }),
  }),
);

/** Reads of many batches, each with the spans that it is over. */
const reads: {
  name: string;
  spans: Span[];
  start(store: Store, options?: ReadOptions): AsyncIterable<unknown[]>;
}[] = [
  {
    name: "queryThreads",
    spans: manyThreads,
    start: (store, options) => store.queryThreads(threadQuery(), options),
  },
  {
    name: "querySpans over many conversations",
    spans: manyThreads,
    start: (store, options) => store.querySpans(spansQuery(numbers), options),
  },
  {
    name: "querySpans over a big conversation",
    spans: manySpans,
    start: (store, options) => store.querySpans(spansQuery(["big", "big", "big"]), options),
  },
];

/** Long answers, what ends them early, writes beside them, and what lasts. */
export function streamTests(test: DefineTest): void {
  test("threads come in batches of bounded size, all of them once", async ({ store }) => {
    await store.writeSpans(manyThreads);
    const batches = await Array.fromAsync(store.queryThreads(threadQuery()));
    for (const batch of batches) expect(batch.length).toBeLessThanOrEqual(MOST_THREADS_IN_A_BATCH);
    expect(batches.flat().map((row) => row.threadId)).toEqual(numbers.toReversed());
  });

  test("a deep offset and an odd limit cut across batches", async ({ store }) => {
    await store.writeSpans(manyThreads);
    const rows = await readThreads(store, threadQuery({ offset: 777, limit: 1_234 }));
    expect(rows.map((row) => row.threadId)).toEqual(numbers.toReversed().slice(777, 777 + 1_234));
  });

  test("a big conversation comes in parts of bounded size, its feedback in the last", async ({ store }) => {
    await store.writeSpans(manySpans);
    const target = { kind: "conversation" as const, id: "big" };
    await store.createFeedback(feedback({ id: "1", target }));
    await store.createFeedback(feedback({ id: "2", target: { kind: "turn", id: "trace" } }));
    const parts: ConversationSpans[] = [];
    for await (const batch of store.querySpans(spansQuery(["none", "big", "big"]))) {
      const size = batch.reduce((total, { spans }) => total + spans.length, 0);
      expect(size).toBeLessThanOrEqual(MOST_SPANS_IN_A_BATCH);
      parts.push(...batch);
    }
    for (const position of [1, 2]) {
      const ofOne = parts.filter((part) => part.position === position);
      expect(ofOne.flatMap(({ spans }) => spans.map(({ spanId }) => spanId))).toEqual(numbers);
      expect(ofOne.map(({ continues }) => continues)).toEqual(ofOne.map((part) => part !== ofOne.at(-1)));
      expect(ofOne.map((part) => part.feedback.length)).toEqual(
        ofOne.map((part) => (part.continues ? 0 : 2)),
      );
    }
  });

  test("a cap on a big conversation keeps the newest across parts", async ({ store }) => {
    await store.writeSpans(manySpans);
    const query = spansQuery(["big"], { maxSpansPerConversation: 1_777 });
    const [big] = await readConversations(store, query);
    expect(big!.spans.map(({ spanId }) => spanId)).toEqual(numbers.slice(-1_777));
  });

  for (const { name, spans, start } of reads) {
    test(`${name}: what is written while it is read does not show in it`, async ({ store }) => {
      await store.writeSpans(spans);
      const before = (await Array.fromAsync(start(store))).flat();
      const iterator = start(store)[Symbol.asyncIterator]();
      const seen: unknown[] = [];
      for (let next = await iterator.next(); !next.done; next = await iterator.next()) {
        if (seen.length === 0) await store.writeSpans(spans.map((each) => changed(each)));
        seen.push(...next.value);
      }
      expect(seen).toEqual(before);
      await expectRecomputed(store, [...spans, ...spans.map((each) => changed(each))]);
    });

    test(`${name}: a reader that leaves early leaves a working store`, async ({ store }) => {
      await store.writeSpans(spans);
      for (let attempt = 0; attempt < 20; attempt++) {
        for await (const batch of start(store)) {
          expect(batch.length).toBeGreaterThan(0);
          break;
        }
      }
      await store.writeSpans([span({ traceId: "after", thread: "after" })]);
      expect(await readThread(store, "after")).toBeDefined();
      expect((await Array.fromAsync(start(store))).flat().length).toBeGreaterThan(0);
    });

    test(`${name}: an abort raises its reason, and leaves a working store`, async ({ store }) => {
      await store.writeSpans(spans);
      const controller = new AbortController();
      const reason = new Error("the caller left");
      const iterator = start(store, { signal: controller.signal })[Symbol.asyncIterator]();
      expect((await iterator.next()).done).toBeFalsy();
      controller.abort(reason);
      await expect(iterator.next()).rejects.toBe(reason);
      expect((await iterator.next()).done).toBe(true);
      await store.writeSpans([span({ traceId: "after", thread: "after" })]);
      expect(await readSpanIds(store, "after")).toEqual(["span"]);
    });

    test(`${name}: a signal that was aborted before yields nothing`, async ({ store }) => {
      await store.writeSpans(spans);
      const reason = new Error("too late");
      const iterator = start(store, { signal: AbortSignal.abort(reason) })[Symbol.asyncIterator]();
      await expect(iterator.next()).rejects.toBe(reason);
    });
  }

  test("several reads at a time, and writes beside them, do not disturb each other", async ({ store }) => {
    await store.writeSpans(manyThreads);
    const written = numbers.slice(0, 50).map((id) => span({ traceId: `more ${id}`, thread: "more" }));
    const readAll = () => readThreads(store, threadQuery({ threadIds: numbers }));
    const reading = [readAll(), readAll(), readAll()];
    await Promise.all(written.map((each) => store.writeSpans([each])));
    for (const rows of await Promise.all(reading)) expect(rows).toHaveLength(COUNT);
    expect(await readThread(store, "more")).toMatchObject({ turnCount: 50, spanCount: 50 });
  });

  test("writes at the same time on one trace add up", async ({ store }) => {
    const spans = manySpans.slice(0, 60);
    await Promise.all(spans.toReversed().map((each) => store.writeSpans([each])));
    await expectRecomputed(store, spans);
  });

  test("what was written can be read at once", async ({ store }) => {
    for (let turn = 1; turn <= 20; turn++) {
      await store.writeSpans([span({ traceId: number(turn), thread: "thread" })]);
      expect(await readThread(store, "thread")).toMatchObject({ turnCount: turn });
    }
  });

  test("a closed store refuses everything", async ({ store }) => {
    await store.close();
    await expect(store.writeSpans([span()])).rejects.toThrow(StoreUnavailableError);
    await expect(store.createFeedback(feedback())).rejects.toThrow(StoreUnavailableError);
    await expect(readThreads(store, threadQuery())).rejects.toThrow(StoreUnavailableError);
    await expect(readConversations(store, spansQuery(["a"]))).rejects.toThrow(StoreUnavailableError);
  });

  test("closing finishes the writes under way, and a reopened store has all of them", async (handle, context) => {
    if (!handle.reopen) return context.skip("nothing in this store outlives a close");
    const spans = manySpans.slice(0, 100);
    const writes = spans.map((each) => handle.store.writeSpans([each]));
    const given = feedback({ target: { kind: "conversation", id: "big" } });
    const feedbackWrite = handle.store.createFeedback(given);
    const store = await handle.reopen();
    await Promise.all([...writes, feedbackWrite]);
    await expectRecomputed(store, spans, [given]);
    await store.writeSpans([span({ spanId: "late", parentSpanId: number(7), endedAt: null })]);
    expect(await readThread(store, "big")).toMatchObject({ spanCount: 101 });
  });
}

/** A later version of a span that moves it to another thread. */
function changed(given: Span): Span {
  return span({ ...given, thread: "changed", endedAt: 9_999_999, payload: new Uint8Array() });
}
