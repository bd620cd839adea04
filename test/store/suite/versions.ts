import { expect } from "vitest";
import type { Span } from "../../../src/model/traces/span.ts";
import type { Store } from "../../../src/store/store.ts";
import { type SpanInput, span, threadQuery } from "../builders.ts";
import { readSpanIds, readSpans, readThread, readThreads } from "../reading.ts";
import type { DefineTest } from "./describe-store.ts";

const base = { thread: "thread", startedAt: 1_000, endedAt: 2_000 };
const bytes = (...values: number[]) => Uint8Array.from(values);

const contests: { rule: string; loser: SpanInput; winner: SpanInput }[] = [
  { rule: "ended beats running", loser: { endedAt: null, startedAt: 5_000 }, winner: { endedAt: 2_000 } },
  { rule: "the later end wins", loser: { endedAt: 2_000, startedAt: 1_500 }, winner: { endedAt: 3_000 } },
  {
    rule: "the end's nanoseconds decide",
    loser: { endedAtNanos: 1, startedAt: 1_500 },
    winner: { endedAtNanos: 2 },
  },
  { rule: "the later start wins", loser: { startedAt: 1_000 }, winner: { startedAt: 1_500, endedAt: 2_000 } },
  {
    rule: "the start's nanoseconds decide",
    loser: { startedAtNanos: 1, payload: bytes(9) },
    winner: { startedAtNanos: 2, payload: bytes(1) },
  },
  { rule: "the greater payload wins", loser: { payload: bytes(127, 9) }, winner: { payload: bytes(128) } },
  { rule: "the longer payload wins", loser: { payload: bytes(1) }, winner: { payload: bytes(1, 0) } },
  {
    rule: "the greater origin wins",
    loser: { payload: bytes(1), origin: bytes(1, 9) },
    winner: { payload: bytes(1), origin: bytes(2) },
  },
];

/** Of two versions of one span one wins, whatever the order they come in. */
export function versionTests(test: DefineTest): void {
  for (const { rule, loser, winner } of contests) {
    test(`${rule}, whichever version comes first`, async ({ store }) => {
      const lost = span({ ...base, ...loser, operationName: "lost" });
      const won = span({ ...base, ...winner, operationName: "won" });
      const arrivals = [
        [[lost], [won]],
        [[won], [lost]],
        [[lost, won]],
        [[won, lost]],
        [[won], [lost], [won]],
      ];
      for (const [index, batches] of arrivals.entries()) {
        const projectId = `project ${index}`;
        for (const batch of batches) await store.writeSpans(batch.map((each) => ({ ...each, projectId })));
        const [kept, ...others] = await readSpans(store, "thread", { projectId });
        expect(others).toEqual([]);
        expect(kept).toMatchObject({
          operationName: "won",
          details: { startedAt: won.startedAt, endedAt: won.endedAt },
        });
      }
    });
  }

  test("a span sent again changes nothing", async ({ store }) => {
    const spans = [
      span({ spanId: "root", thread: "thread", endedAt: null }),
      span({ spanId: "child", parentSpanId: "root", inputTokens: 3 }),
    ];
    await store.writeSpans(spans);
    const once = await everything(store);
    await store.writeSpans([...spans, ...spans]);
    expect(await everything(store)).toEqual(once);
  });

  test("a version that loses leaves no trace of what it said", async ({ store }) => {
    await store.writeSpans([span({ thread: "thread", inputTokens: 1 })]);
    const before = await everything(store);
    const losing = { endedAt: null, isTurn: false, inputTokens: 100, operationName: "lost" };
    await store.writeSpans([span({ thread: "other", ...losing })]);
    expect(await everything(store)).toEqual(before);
    expect(await readSpanIds(store, "other")).toEqual([]);
  });

  test("a winning version replaces all that the old one said", async ({ store }) => {
    await store.writeSpans([
      span({ thread: "thread", endedAt: null, isTurn: true, inputTokens: 100, outputTokens: 7, model: "m" }),
    ]);
    await store.writeSpans([span({ thread: "thread", endedAt: 9_000, inputTokens: 5 })]);
    expect(await readThread(store, "thread")).toMatchObject({
      turnCount: 1,
      lastUpdated: 9_000,
      spanCount: 1,
      inputTokens: 5,
      outputTokens: 0,
    });
    expect((await readSpans(store, "thread"))[0]!.details).toMatchObject({ model: null, outputTokens: null });
  });

  test("a version with another claim moves the span and what is below it", async ({ store }) => {
    await store.writeSpans([
      span({ spanId: "a", thread: "old", endedAt: null }),
      span({ spanId: "b", parentSpanId: "a" }),
    ]);
    await store.writeSpans([span({ spanId: "a", thread: "new" })]);
    expect(await readSpanIds(store, "new")).toEqual(["a", "b"]);
    expect(await readSpanIds(store, "old")).toEqual([]);
    expect((await readThreads(store, threadQuery())).map((row) => row.threadId)).toEqual(["new"]);
  });

  test("a version without a claim takes the span out of its thread", async ({ store }) => {
    await store.writeSpans([span({ thread: "thread", endedAt: null })]);
    await store.writeSpans([span()]);
    expect(await everything(store)).toEqual({ threads: [], spans: [] });
  });

  test("a version with another parent moves the span and what is below it", async ({ store }) => {
    await store.writeSpans([
      span({ spanId: "one", thread: "one" }),
      span({ spanId: "two", thread: "two" }),
      span({ spanId: "x", parentSpanId: "one", endedAt: null }),
      span({ spanId: "y", parentSpanId: "x" }),
    ]);
    expect(await readSpanIds(store, "one")).toEqual(["one", "x", "y"]);
    await store.writeSpans([span({ spanId: "x", parentSpanId: "two" })]);
    expect(await readSpanIds(store, "one")).toEqual(["one"]);
    expect(await readSpanIds(store, "two")).toEqual(["two", "x", "y"]);
  });

  test("the same span id in another trace is another span", async ({ store }) => {
    const spans = ["one", "two"].map((traceId) => span({ traceId, thread: "thread" }));
    await store.writeSpans(spans);
    expect((await readSpans(store, "thread")).map((each) => each.traceId)).toEqual(["one", "two"]);
    expect(await readThread(store, "thread")).toMatchObject({ turnCount: 2, spanCount: 2 });
  });

  test("no spans are no change", async ({ store }) => {
    const none: Span[] = [];
    await store.writeSpans(none);
    expect(await everything(store)).toEqual({ threads: [], spans: [] });
  });
}

async function everything(store: Store) {
  return { threads: await readThreads(store, threadQuery()), spans: await readSpans(store, "thread") };
}
