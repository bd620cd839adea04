import { expect } from "vitest";
import { claim, span } from "../builders.ts";
import { readSpanIds, readThread } from "../reading.ts";
import type { DefineTest } from "./describe-store.ts";

/** Which thread a span belongs to: the strongest claim on it and its ancestors, of equal ones the nearest. */
export function belongingTests(test: DefineTest): void {
  test("a span belongs to the thread it claims", async ({ store }) => {
    await store.writeSpans([span({ spanId: "a", thread: "thread" })]);
    expect(await readSpanIds(store, "thread")).toEqual(["a"]);
  });

  test("descendants inherit a claim through spans without one", async ({ store }) => {
    await store.writeSpans([
      span({ spanId: "a", thread: "thread" }),
      span({ spanId: "b", parentSpanId: "a" }),
      span({ spanId: "c", parentSpanId: "b" }),
    ]);
    expect(await readSpanIds(store, "thread")).toEqual(["a", "b", "c"]);
  });

  test("a parent never inherits from a child, nor a sibling from a sibling", async ({ store }) => {
    await store.writeSpans([
      span({ spanId: "parent" }),
      span({ spanId: "child", parentSpanId: "parent", thread: "thread" }),
      span({ spanId: "sibling", parentSpanId: "parent" }),
    ]);
    expect(await readSpanIds(store, "thread")).toEqual(["child"]);
  });

  test("a stronger claim above beats a weaker one on the span", async ({ store }) => {
    await store.writeSpans([
      span({ spanId: "agent", threadClaim: claim("conversation", 1) }),
      span({ spanId: "call", parentSpanId: "agent", threadClaim: claim("session", 5) }),
    ]);
    expect(await readSpanIds(store, "conversation")).toEqual(["agent", "call"]);
    expect(await readSpanIds(store, "session")).toEqual([]);
  });

  test("a stronger claim below holds for what is below it", async ({ store }) => {
    await store.writeSpans([
      span({ spanId: "a", threadClaim: claim("outer", 3) }),
      span({ spanId: "b", parentSpanId: "a", threadClaim: claim("inner", 2) }),
      span({ spanId: "c", parentSpanId: "b" }),
      span({ spanId: "d", parentSpanId: "c", threadClaim: claim("outer", 3) }),
    ]);
    expect(await readSpanIds(store, "outer")).toEqual(["a"]);
    expect(await readSpanIds(store, "inner")).toEqual(["b", "c", "d"]);
  });

  test("of claims of equal rank the nearest wins", async ({ store }) => {
    await store.writeSpans([
      span({ spanId: "a", thread: "agent" }),
      span({ spanId: "b", parentSpanId: "a", thread: "sub-agent" }),
      span({ spanId: "c", parentSpanId: "b" }),
    ]);
    expect(await readSpanIds(store, "agent")).toEqual(["a"]);
    expect(await readSpanIds(store, "sub-agent")).toEqual(["b", "c"]);
  });

  test("a parent that is not here ends the ancestors", async ({ store }) => {
    await store.writeSpans([span({ spanId: "a", parentSpanId: "gone", thread: "thread" })]);
    await store.writeSpans([span({ spanId: "b", parentSpanId: "lost" })]);
    expect(await readSpanIds(store, "thread")).toEqual(["a"]);
  });

  test("a parent in another trace is no parent", async ({ store }) => {
    await store.writeSpans([
      span({ traceId: "one", spanId: "a", thread: "thread" }),
      span({ traceId: "two", spanId: "b", parentSpanId: "a" }),
    ]);
    expect(await readSpanIds(store, "thread")).toEqual(["a"]);
  });

  test("a parent that comes late pulls in what waited below it", async ({ store }) => {
    await store.writeSpans([
      span({ spanId: "c", parentSpanId: "b" }),
      span({ spanId: "d", parentSpanId: "c", thread: "own" }),
    ]);
    await store.writeSpans([span({ spanId: "a", threadClaim: claim("thread", 0) })]);
    expect(await readSpanIds(store, "thread")).toEqual(["a"]);
    await store.writeSpans([span({ spanId: "b", parentSpanId: "a" })]);
    expect(await readSpanIds(store, "thread")).toEqual(["a", "b", "c"]);
    expect(await readSpanIds(store, "own")).toEqual(["d"]);
  });

  test("a stronger claim that comes late takes spans from the thread they were in", async ({ store }) => {
    await store.writeSpans([
      span({ spanId: "b", parentSpanId: "a", threadClaim: claim("weak", 2) }),
      span({ spanId: "c", parentSpanId: "b" }),
    ]);
    expect(await readThread(store, "weak")).toMatchObject({ turnCount: 1, spanCount: 2 });
    await store.writeSpans([span({ spanId: "a", threadClaim: claim("strong", 1) })]);
    expect(await readSpanIds(store, "strong")).toEqual(["a", "b", "c"]);
    expect(await readThread(store, "weak")).toBeUndefined();
  });

  test("a span that is its own parent has none", async ({ store }) => {
    await store.writeSpans([
      span({ spanId: "a", parentSpanId: "a", thread: "thread" }),
      span({ spanId: "b", parentSpanId: "a" }),
    ]);
    expect(await readSpanIds(store, "thread")).toEqual(["a", "b"]);
    expect(await readThread(store, "thread")).toMatchObject({ turnCount: 1, firstTurnId: "a" });
  });

  test("a cycle of parents is cut at its smallest span id", async ({ store }) => {
    // Cut at "a", the chain is a → b → c from the root down, and "d" hangs below "b".
    await store.writeSpans([
      span({ spanId: "a", parentSpanId: "c" }),
      span({ spanId: "c", parentSpanId: "b", thread: "last" }),
      span({ spanId: "b", parentSpanId: "a", thread: "middle" }),
      span({ spanId: "d", parentSpanId: "b" }),
    ]);
    expect(await readSpanIds(store, "middle")).toEqual(["b", "d"]);
    expect(await readSpanIds(store, "last")).toEqual(["c"]);
  });

  test("a span below a cycle does not count as part of it", async ({ store }) => {
    // "a" is smaller than all of the cycle b ⇄ c, and is not cut from it.
    await store.writeSpans([
      span({ spanId: "a", parentSpanId: "c" }),
      span({ spanId: "b", parentSpanId: "c" }),
      span({ spanId: "c", parentSpanId: "b", thread: "thread" }),
    ]);
    expect(await readSpanIds(store, "thread")).toEqual(["a", "c"]);
  });

  test("a cycle that a late version opens is a cycle no more", async ({ store }) => {
    await store.writeSpans([
      span({ spanId: "a", parentSpanId: "b" }),
      span({ spanId: "b", parentSpanId: "a", thread: "thread", endedAt: null }),
    ]);
    expect(await readSpanIds(store, "thread")).toEqual(["b"]);
    await store.writeSpans([span({ spanId: "b", thread: "thread" })]);
    expect(await readSpanIds(store, "thread")).toEqual(["a", "b"]);
  });

  test("a claim reaches down a very long chain, sent from its end", async ({ store }) => {
    const id = (index: number) => String(index).padStart(4, "0");
    const chain = Array.from({ length: 1_500 }, (_, index) =>
      span({ spanId: id(index), parentSpanId: index === 0 ? null : id(index - 1), startedAt: index }),
    );
    await store.writeSpans(chain.slice(1).reverse());
    await store.writeSpans([{ ...chain[0]!, threadClaim: claim("thread") }]);
    expect(await readSpanIds(store, "thread")).toEqual(chain.map((each) => each.spanId));
    expect(await readThread(store, "thread")).toMatchObject({ turnCount: 1, spanCount: 1_500 });
  });
}
