import { expect } from "vitest";
import { span } from "../builders.ts";
import { readThread } from "../reading.ts";
import type { DefineTest } from "./describe-store.ts";

/** Turns of the thread "thread", each a trace of its own: start and end in microseconds. */
function turns(...times: { id: string; start: number; end: number | null }[]) {
  return times.map(({ id, start, end }) =>
    span({ traceId: `trace of ${id}`, spanId: id, thread: "thread", startedAt: start, endedAt: end }),
  );
}

/** Turns that take so many milliseconds. */
function lasting(...durations: number[]) {
  return turns(...durations.map((ms, index) => ({ id: `turn ${index}`, start: 0, end: ms * 1_000 })));
}

/** What a thread's row says of its turns. */
export function statisticsTests(test: DefineTest): void {
  test("a thread counts its turns, running ones too", async ({ store }) => {
    await store.writeSpans(turns({ id: "a", start: 1, end: 2 }, { id: "b", start: 3, end: null }));
    expect(await readThread(store, "thread")).toMatchObject({ turnCount: 2, spanCount: 2 });
  });

  test("it starts with its earliest turn, and was updated at its latest end", async ({ store }) => {
    await store.writeSpans(
      turns({ id: "b", start: 10, end: 90 }, { id: "c", start: 5, end: 80 }, { id: "a", start: 20, end: 30 }),
    );
    expect(await readThread(store, "thread")).toMatchObject({
      startTime: 5,
      firstTurnId: "c",
      lastUpdated: 90,
      lastTurnId: "b",
    });
  });

  test("of equal starts the smallest turn id is first, of equal ends the greatest is last", async ({
    store,
  }) => {
    await store.writeSpans(
      turns({ id: "b", start: 5, end: 9 }, { id: "a", start: 5, end: 9 }, { id: "c", start: 5, end: 9 }),
    );
    expect(await readThread(store, "thread")).toMatchObject({ firstTurnId: "a", lastTurnId: "c" });
  });

  test("running turns do not say when it was updated while one has ended", async ({ store }) => {
    await store.writeSpans(turns({ id: "a", start: 5, end: 9 }, { id: "b", start: 50, end: null }));
    expect(await readThread(store, "thread")).toMatchObject({ lastUpdated: 9, lastTurnId: "a" });
  });

  test("while no turn has ended it was updated at its latest start", async ({ store }) => {
    await store.writeSpans(
      turns(
        { id: "b", start: 50, end: null },
        { id: "c", start: 50, end: null },
        { id: "z", start: 5, end: null },
      ),
    );
    expect(await readThread(store, "thread")).toMatchObject({
      startTime: 5,
      firstTurnId: "z",
      lastUpdated: 50,
      lastTurnId: "c",
      p50TurnDurationMs: null,
      p99TurnDurationMs: null,
    });
  });

  test("a turn that ends counts from then on", async ({ store }) => {
    await store.writeSpans(turns({ id: "a", start: 0, end: null }));
    await store.writeSpans(turns({ id: "a", start: 0, end: 7_000 }));
    expect(await readThread(store, "thread")).toMatchObject({
      turnCount: 1,
      lastUpdated: 7_000,
      p50TurnDurationMs: 7,
    });
  });

  test("a turn that leaves takes its share of every statistic along", async ({ store }) => {
    await store.writeSpans(turns({ id: "a", start: 1_000, end: 2_000 }, { id: "b", start: 0, end: 8_000 }));
    const moved = { traceId: "trace of b", spanId: "b", thread: "other", startedAt: 0, endedAt: 8_001 };
    await store.writeSpans([span(moved)]);
    expect(await readThread(store, "thread")).toEqual({
      threadId: "thread",
      turnCount: 1,
      startTime: 1_000,
      lastUpdated: 2_000,
      firstTurnId: "a",
      lastTurnId: "a",
      p50TurnDurationMs: 1,
      p99TurnDurationMs: 1,
      spanCount: 1,
      inputTokens: 0,
      outputTokens: 0,
    });
  });

  const examples = [
    { durations: [10, 50, 100, 10, 50], p50: 50, p99: 98 },
    { durations: [1, 2], p50: 1.5, p99: 1.99 },
    { durations: [1000, 2000, 3000, 4000], p50: 2500, p99: 3970 },
    { durations: [7], p50: 7, p99: 7 },
  ];
  for (const { durations, p50, p99 } of examples) {
    test(`the quantiles of ${durations.join(", ")} are ${p50} and ${p99}`, async ({ store }) => {
      await store.writeSpans(lasting(...durations));
      expect(await readThread(store, "thread")).toMatchObject({
        p50TurnDurationMs: p50,
        p99TurnDurationMs: p99,
      });
    });
  }

  test("the 99th percentile of a hundred turns and more leaves the longest behind", async ({ store }) => {
    const each = Array.from({ length: 101 }, (_, index) => (index * 37) % 101);
    await store.writeSpans(lasting(...each));
    expect(await readThread(store, "thread")).toMatchObject({ p50TurnDurationMs: 50, p99TurnDurationMs: 99 });
  });

  test("quantiles follow turn by turn, up and down", async ({ store }) => {
    const steps = [
      { id: "a", start: 0, end: 10_000, p50: 10, p99: 10 },
      { id: "b", start: 0, end: 20_000, p50: 15, p99: 19.9 },
      { id: "c", start: 0, end: 0, p50: 10, p99: 19.8 },
      { id: "b", start: 19_000, end: 20_000, p50: 1, p99: 9.82 },
      { id: "d", start: 0, end: null, p50: 1, p99: 9.82 },
      { id: "d", start: 0, end: 1_000, p50: 1, p99: 9.73 },
    ];
    for (const { p50, p99, ...turn } of steps) {
      await store.writeSpans(turns(turn));
      expect(await readThread(store, "thread")).toMatchObject({
        p50TurnDurationMs: p50,
        p99TurnDurationMs: p99,
      });
    }
  });

  test("durations are between whole milliseconds, each rounded down", async ({ store }) => {
    await store.writeSpans(turns({ id: "a", start: 1_999, end: 2_000 }));
    expect(await readThread(store, "thread")).toMatchObject({ p50TurnDurationMs: 1 });
    await store.writeSpans(turns({ id: "a", start: 2_000, end: 2_999 }));
    expect(await readThread(store, "thread")).toMatchObject({ p50TurnDurationMs: 0 });
  });

  test("a turn that ends before its start took no time, and keeps its end", async ({ store }) => {
    await store.writeSpans(turns({ id: "a", start: 9_000, end: 2_000 }));
    expect(await readThread(store, "thread")).toMatchObject({
      startTime: 9_000,
      lastUpdated: 2_000,
      p50TurnDurationMs: 0,
    });
  });

  test("instants and durations are exact up to the greatest there are", async ({ store }) => {
    const end = Number.MAX_SAFE_INTEGER;
    await store.writeSpans(turns({ id: "a", start: 1, end }, { id: "b", start: 2, end: end - 1 }));
    expect(await readThread(store, "thread")).toMatchObject({
      startTime: 1,
      lastUpdated: end,
      p50TurnDurationMs: Math.floor(end / 1000),
      p99TurnDurationMs: Math.floor(end / 1000),
    });
  });

  test("spans count though no turn is above them", async ({ store }) => {
    await store.writeSpans([
      span({ spanId: "a", thread: "thread", isTurn: false }),
      span({ spanId: "b", parentSpanId: "a" }),
      span({ spanId: "c", thread: "thread" }),
    ]);
    expect(await readThread(store, "thread")).toMatchObject({ turnCount: 1, spanCount: 3 });
  });
}
