import { expect } from "vitest";
import { AGENT_OPERATIONS, claim, span } from "../builders.ts";
import { readThread, readTurnIds } from "../reading.ts";
import type { DefineTest } from "./describe-store.ts";

/** Which turns a thread has in a trace, and which turn each span is in. */
export function turnTests(test: DefineTest): void {
  test("spans that say they are turns are the only turns, at any depth", async ({ store }) => {
    await store.writeSpans([
      span({ spanId: "top", thread: "thread", operationName: "invoke_agent" }),
      span({ spanId: "one", parentSpanId: "top", isTurn: true }),
      span({ spanId: "step", parentSpanId: "one" }),
      span({ spanId: "two", parentSpanId: "step", isTurn: true }),
      span({ spanId: "leaf", parentSpanId: "two" }),
    ]);
    expect(await readThread(store, "thread")).toMatchObject({ turnCount: 2, spanCount: 5 });
    expect(await readTurnIds(store, "thread")).toEqual({
      top: null,
      one: "one",
      step: "one",
      two: "two",
      leaf: "two",
    });
  });

  test("a span that says it is a turn is one of its own thread only", async ({ store }) => {
    await store.writeSpans([
      span({ spanId: "a", thread: "outer" }),
      span({ spanId: "b", parentSpanId: "a", thread: "inner", isTurn: true }),
    ]);
    expect(await readTurnIds(store, "outer")).toEqual({ a: "a" });
    expect(await readTurnIds(store, "inner")).toEqual({ b: "b" });
  });

  test("a span that says it is a turn but belongs to no thread counts nowhere", async ({ store }) => {
    await store.writeSpans([
      span({ spanId: "a", isTurn: true }),
      span({ spanId: "b", parentSpanId: "a", thread: "thread" }),
    ]);
    expect(await readTurnIds(store, "thread")).toEqual({ b: "b" });
  });

  test("a declared turn in one trace says nothing of another trace", async ({ store }) => {
    await store.writeSpans([
      span({ traceId: "one", spanId: "a", thread: "thread", isTurn: true }),
      span({ traceId: "two", spanId: "b", thread: "thread" }),
    ]);
    expect(await readThread(store, "thread")).toMatchObject({ turnCount: 2 });
  });

  test("the one topmost span of the thread is the turn, though it is not the root", async ({ store }) => {
    await store.writeSpans([
      span({ spanId: "server" }),
      span({ spanId: "call", parentSpanId: "server", thread: "thread", operationName: "chat" }),
      span({ spanId: "tool", parentSpanId: "call", operationName: "invoke_agent" }),
    ]);
    expect(await readThread(store, "thread")).toMatchObject({ turnCount: 1, firstTurnId: "call" });
    expect(await readTurnIds(store, "thread")).toEqual({ call: "call", tool: "call" });
  });

  test("a span below spans of another thread is not topmost if one above those belongs", async ({
    store,
  }) => {
    await store.writeSpans([
      span({ spanId: "a", thread: "outer" }),
      span({ spanId: "b", parentSpanId: "a", thread: "inner" }),
      span({ spanId: "c", parentSpanId: "b", thread: "outer", operationName: "invoke_agent" }),
    ]);
    expect(await readThread(store, "outer")).toMatchObject({ turnCount: 1, firstTurnId: "a", spanCount: 2 });
    expect(await readTurnIds(store, "outer")).toEqual({ a: "a", c: "a" });
    expect(await readTurnIds(store, "inner")).toEqual({ b: "b" });
  });

  for (const operationName of AGENT_OPERATIONS) {
    test(`of several topmost spans those with operation ${operationName} are the turns`, async ({
      store,
    }) => {
      await store.writeSpans([
        span({ spanId: "a", thread: "thread", operationName }),
        span({ spanId: "b", thread: "thread", operationName: "chat" }),
        span({ spanId: "c", thread: "thread", operationName }),
        span({ spanId: "below", parentSpanId: "c", operationName }),
        span({ spanId: "under", parentSpanId: "b", operationName }),
      ]);
      expect(await readThread(store, "thread")).toMatchObject({ turnCount: 2, spanCount: 5 });
      expect(await readTurnIds(store, "thread")).toEqual({
        a: "a",
        b: null,
        c: "c",
        below: "c",
        under: null,
      });
    });
  }

  test("a span is agent-level by what its door says, whatever its operation is called", async ({ store }) => {
    await store.writeSpans([
      span({ spanId: "a", thread: "thread", operationName: "run", agentLevel: true }),
      span({ spanId: "b", thread: "thread", operationName: "invoke_agent", agentLevel: false }),
      span({ spanId: "c", thread: "thread", operationName: "run", agentLevel: true }),
    ]);
    await store.writeSpans([span({ spanId: "late", parentSpanId: "b", thread: "thread" })]);
    expect(await readThread(store, "thread")).toMatchObject({ turnCount: 2, spanCount: 4 });
    expect(await readTurnIds(store, "thread")).toEqual({ a: "a", b: null, c: "c", late: null });
  });

  test("several topmost steps are one turn, from the first start to the last end", async ({ store }) => {
    await store.writeSpans([
      span({ spanId: "b", thread: "thread", startedAt: 5_000, endedAt: 20_000 }),
      span({ spanId: "c", thread: "thread", startedAt: 2_000, endedAt: 3_000 }),
      span({ spanId: "a", thread: "thread", startedAt: 6_000, endedAt: 7_000 }),
      span({ spanId: "below", parentSpanId: "a", startedAt: 1_000, endedAt: 99_000 }),
    ]);
    expect(await readThread(store, "thread")).toMatchObject({
      turnCount: 1,
      firstTurnId: "c",
      lastTurnId: "c",
      startTime: 2_000,
      lastUpdated: 20_000,
      p50TurnDurationMs: 18,
      spanCount: 4,
    });
    expect(await readTurnIds(store, "thread")).toEqual({ a: "c", b: "c", c: "c", below: "c" });
  });

  // The start is compared in whole microseconds, as everywhere but between versions.
  test("of steps with equal starts the smallest id names the turn", async ({ store }) => {
    await store.writeSpans([
      span({ spanId: "b", thread: "thread", startedAtNanos: 0 }),
      span({ spanId: "a", thread: "thread", startedAtNanos: 9 }),
    ]);
    expect(await readThread(store, "thread")).toMatchObject({ turnCount: 1, firstTurnId: "a" });
  });

  test("a turn of several steps runs while any of them runs", async ({ store }) => {
    await store.writeSpans([
      span({ spanId: "a", thread: "thread", startedAt: 1_000, endedAt: 9_000 }),
      span({ spanId: "b", thread: "thread", startedAt: 2_000, endedAt: null }),
    ]);
    expect(await readThread(store, "thread")).toMatchObject({
      turnCount: 1,
      lastUpdated: 1_000,
      p50TurnDurationMs: null,
    });
    await store.writeSpans([span({ spanId: "b", thread: "thread", startedAt: 2_000, endedAt: 3_000 })]);
    expect(await readThread(store, "thread")).toMatchObject({ lastUpdated: 9_000, p50TurnDurationMs: 8 });
  });

  test("a span that says it is no turn is none, and nothing takes its place", async ({ store }) => {
    await store.writeSpans([
      span({ spanId: "a", thread: "thread", isTurn: false, operationName: "invoke_agent" }),
      span({ spanId: "b", parentSpanId: "a", operationName: "invoke_agent" }),
    ]);
    expect(await readThread(store, "thread")).toBeUndefined();
    expect(await readTurnIds(store, "thread")).toEqual({ a: null, b: null });
  });

  test("a declared turn below a span that says it is none is a turn", async ({ store }) => {
    await store.writeSpans([
      span({ spanId: "a", thread: "thread", isTurn: false }),
      span({ spanId: "b", parentSpanId: "a", isTurn: true }),
      span({ spanId: "c", parentSpanId: "b", isTurn: false }),
    ]);
    expect(await readTurnIds(store, "thread")).toEqual({ a: null, b: "b", c: "b" });
  });

  test("without the spans that say they are none, one topmost span may be left", async ({ store }) => {
    await store.writeSpans([
      span({ spanId: "a", thread: "thread", isTurn: false, operationName: "agent" }),
      span({ spanId: "b", thread: "thread" }),
      span({ spanId: "c", parentSpanId: "a" }),
    ]);
    expect(await readThread(store, "thread")).toMatchObject({ turnCount: 1, firstTurnId: "b", spanCount: 3 });
    expect(await readTurnIds(store, "thread")).toEqual({ a: null, b: "b", c: null });
  });

  // The one turn is read to hold every span that belongs, also one that says it is no turn itself, and what is below
  // that; such a span adds no start and no end to it.
  test("all spans of the thread are in the one turn of several steps", async ({ store }) => {
    await store.writeSpans([
      span({ spanId: "a", thread: "thread", startedAt: 2_000, endedAt: 4_000 }),
      span({ spanId: "b", thread: "thread", startedAt: 3_000, endedAt: 5_000 }),
      span({ spanId: "no", thread: "thread", isTurn: false, startedAt: 1_000, endedAt: null }),
      span({ spanId: "below", parentSpanId: "no" }),
    ]);
    expect(await readThread(store, "thread")).toMatchObject({
      turnCount: 1,
      startTime: 2_000,
      lastUpdated: 5_000,
    });
    expect(await readTurnIds(store, "thread")).toEqual({ a: "a", b: "a", no: "a", below: "a" });
  });

  test("several threads of one trace have turns of their own", async ({ store }) => {
    await store.writeSpans([
      span({ spanId: "root" }),
      span({ spanId: "a", parentSpanId: "root", thread: "one" }),
      span({ spanId: "b", parentSpanId: "root", thread: "two", operationName: "agent" }),
      span({ spanId: "c", parentSpanId: "root", thread: "two", operationName: "agent" }),
      span({ spanId: "d", parentSpanId: "a", thread: "two", operationName: "chat" }),
    ]);
    expect(await readTurnIds(store, "one")).toEqual({ a: "a" });
    expect(await readTurnIds(store, "two")).toEqual({ b: "b", c: "c", d: null });
  });

  test("turns change as spans arrive that change the rule in force", async ({ store }) => {
    const steps = [1, 2].map((n) => span({ spanId: `step${n}`, parentSpanId: "top", thread: "thread" }));
    await store.writeSpans(steps);
    expect(await readTurnIds(store, "thread")).toEqual({ step1: "step1", step2: "step1" });
    await store.writeSpans([
      span({ spanId: "agent", parentSpanId: "top", thread: "thread", operationName: "agent" }),
    ]);
    expect(await readTurnIds(store, "thread")).toEqual({ step1: null, step2: null, agent: "agent" });
    await store.writeSpans([span({ spanId: "top", threadClaim: claim("thread") })]);
    expect(await readTurnIds(store, "thread")).toEqual({
      top: "top",
      agent: "top",
      step1: "top",
      step2: "top",
    });
    await store.writeSpans([span({ spanId: "late", parentSpanId: "agent", isTurn: true })]);
    expect(await readTurnIds(store, "thread")).toEqual({
      top: null,
      agent: null,
      step1: null,
      step2: null,
      late: "late",
    });
    expect(await readThread(store, "thread")).toMatchObject({
      turnCount: 1,
      firstTurnId: "late",
      spanCount: 5,
    });
  });
}
