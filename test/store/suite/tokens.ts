import { expect } from "vitest";
import { span } from "../builders.ts";
import { readSpans, readThread } from "../reading.ts";
import type { DefineTest } from "./describe-store.ts";

/** Tokens are counted once: where no descendant says what it used. */
export function tokenTests(test: DefineTest): void {
  test("tokens of separate calls add up", async ({ store }) => {
    await store.writeSpans([
      span({ spanId: "top", thread: "thread" }),
      span({ spanId: "a", parentSpanId: "top", inputTokens: 10, outputTokens: 1 }),
      span({ spanId: "b", parentSpanId: "top", inputTokens: 20 }),
      span({ traceId: "other", spanId: "c", thread: "thread", outputTokens: 300 }),
    ]);
    expect(await readThread(store, "thread")).toMatchObject({ inputTokens: 30, outputTokens: 301 });
  });

  test("a span with usage below it does not count, however far below", async ({ store }) => {
    await store.writeSpans([
      span({ spanId: "agent", thread: "thread", inputTokens: 15, outputTokens: 5 }),
      span({ spanId: "wrapper", parentSpanId: "agent" }),
      span({ spanId: "call", parentSpanId: "wrapper", inputTokens: 15, outputTokens: 5 }),
    ]);
    expect(await readThread(store, "thread")).toMatchObject({ inputTokens: 15, outputTokens: 5 });
  });

  // "Usage" is read as one thing of two numbers: more than 0 in either makes a span have it.
  test("usage of one kind below hides usage of both kinds above", async ({ store }) => {
    await store.writeSpans([
      span({ spanId: "agent", thread: "thread", inputTokens: 15, outputTokens: 5 }),
      span({ spanId: "call", parentSpanId: "agent", outputTokens: 4 }),
    ]);
    expect(await readThread(store, "thread")).toMatchObject({ inputTokens: 0, outputTokens: 4 });
  });

  test("usage of 0 is none", async ({ store }) => {
    await store.writeSpans([
      span({ spanId: "agent", thread: "thread", inputTokens: 15, outputTokens: 5 }),
      span({ spanId: "call", parentSpanId: "agent", inputTokens: 0, outputTokens: 0 }),
    ]);
    expect(await readThread(store, "thread")).toMatchObject({ inputTokens: 15, outputTokens: 5 });
    const [, call] = await readSpans(store, "thread");
    expect(call!.details).toMatchObject({ inputTokens: 0, outputTokens: 0 });
  });

  test("a descendant in another thread hides usage too", async ({ store }) => {
    await store.writeSpans([
      span({ spanId: "agent", thread: "outer", inputTokens: 15 }),
      span({ spanId: "call", parentSpanId: "agent", thread: "inner", inputTokens: 12 }),
    ]);
    expect(await readThread(store, "outer")).toMatchObject({ inputTokens: 0 });
    expect(await readThread(store, "inner")).toMatchObject({ inputTokens: 12 });
  });

  test("usage above the thread's spans hides nothing and adds nothing", async ({ store }) => {
    await store.writeSpans([
      span({ spanId: "server", inputTokens: 100 }),
      span({ spanId: "call", parentSpanId: "server", thread: "thread", inputTokens: 12 }),
    ]);
    expect(await readThread(store, "thread")).toMatchObject({ inputTokens: 12 });
  });

  test("usage that comes late, below, takes the place of what counted above", async ({ store }) => {
    await store.writeSpans([
      span({ spanId: "agent", thread: "thread", inputTokens: 15 }),
      span({ spanId: "call", parentSpanId: "wrapper", inputTokens: 12 }),
    ]);
    expect(await readThread(store, "thread")).toMatchObject({ inputTokens: 15 });
    await store.writeSpans([span({ spanId: "wrapper", parentSpanId: "agent", inputTokens: 13 })]);
    expect(await readThread(store, "thread")).toMatchObject({ inputTokens: 12 });
  });

  test("usage that a version takes back lets the span above count again", async ({ store }) => {
    await store.writeSpans([
      span({ spanId: "agent", thread: "thread", inputTokens: 15 }),
      span({ spanId: "call", parentSpanId: "agent", inputTokens: 12, endedAt: null }),
    ]);
    await store.writeSpans([span({ spanId: "call", parentSpanId: "agent" })]);
    expect(await readThread(store, "thread")).toMatchObject({ inputTokens: 15 });
  });

  test("in a cycle of parents the cut decides what is below", async ({ store }) => {
    // Cut at "a", "b" is below "a" and "a" is below nothing.
    await store.writeSpans([
      span({ spanId: "a", parentSpanId: "b", thread: "thread", inputTokens: 1 }),
      span({ spanId: "b", parentSpanId: "a", inputTokens: 10 }),
    ]);
    expect(await readThread(store, "thread")).toMatchObject({ inputTokens: 10 });
  });
}
