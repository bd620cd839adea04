import { expect } from "vitest";
import { span, spansQuery } from "../builders.ts";
import { readConversations, readSpanIds, readSpans } from "../reading.ts";
import type { DefineTest } from "./describe-store.ts";

const message = { role: "user" as const, text: "Hello", json: '{"role":"user","content":"Hello"}' };

/** What a query for the spans of conversations returns. */
export function conversationSpansTests(test: DefineTest): void {
  test("each requested id has an entry, in the order of the request, also a repeated or unknown one", async ({
    store,
  }) => {
    await store.writeSpans([span({ spanId: "a", thread: "one" }), span({ spanId: "b", thread: "two" })]);
    const conversations = await readConversations(store, spansQuery(["two", "none", "one", "two"]));
    expect(conversations.map(({ position, conversationId }) => [position, conversationId])).toEqual([
      [0, "two"],
      [1, "none"],
      [2, "one"],
      [3, "two"],
    ]);
    const spanIds = conversations.map(({ spans }) => spans.map(({ spanId }) => spanId));
    expect(spanIds).toEqual([["b"], [], ["a"], ["b"]]);
  });

  test("no ids are no entries", async ({ store }) => {
    expect(await readConversations(store, spansQuery([]))).toEqual([]);
  });

  test("ten thousand ids are answered", async ({ store }) => {
    await store.writeSpans([span({ spanId: "a", thread: "7777" })]);
    const idsAsked = Array.from({ length: 10_000 }, (_, index) => String(index));
    const found = (await readConversations(store, spansQuery(idsAsked))).filter(
      ({ spans }) => spans.length > 0,
    );
    expect(found.map(({ position }) => position)).toEqual([7777]);
  });

  // Span ids are unique in a trace only; spans equal in start and id are ordered by trace id.
  test("spans are ordered by start in microseconds, then span id, then trace id", async ({ store }) => {
    await store.writeSpans([
      span({ traceId: "2", spanId: "b", thread: "thread", startedAtNanos: 1 }),
      span({ traceId: "1", spanId: "b", thread: "thread", startedAtNanos: 2 }),
      span({ traceId: "1", spanId: "c", thread: "thread", startedAtNanos: 0 }),
      span({ traceId: "1", spanId: "a", thread: "thread", startedAt: 1_001 }),
      span({ traceId: "3", spanId: "\u{1F600}", thread: "thread", startedAt: 999 }),
      span({ traceId: "3", spanId: "\uFF5E", thread: "thread", startedAt: 999 }),
    ]);
    const spans = await readSpans(store, "thread");
    expect(spans.map(({ spanId, traceId }) => `${spanId}${traceId}`)).toEqual([
      "\uFF5E3",
      "\u{1F600}3",
      "b1",
      "b2",
      "c1",
      "a1",
    ]);
  });

  test("spans are returned though their thread has no turn", async ({ store }) => {
    await store.writeSpans([span({ spanId: "a", thread: "thread", isTurn: false })]);
    expect(await readSpanIds(store, "thread")).toEqual(["a"]);
  });

  const inner = { parentSpanId: "a", operationName: "chat", status: "ERROR" as const, agentName: "agent" };
  const full = { name: "chat gpt", model: "gpt", inputTokens: 3, outputTokens: 0, messages: [message] };
  const spans = [
    span({ spanId: "a", thread: "thread", startedAt: 1_000, endedAt: null }),
    span({ spanId: "b", ...inner, ...full, startedAt: 1_999, endedAt: 4_000 }),
  ];

  test("the basic view is the scalars of a map", async ({ store }) => {
    await store.writeSpans(spans);
    const [conversation] = await readConversations(store, spansQuery(["thread"]));
    expect(conversation!.spans).toStrictEqual([
      { traceId: "trace", spanId: "a", operationName: "", status: "UNSET", durationMs: 0 },
      { traceId: "trace", spanId: "b", operationName: "chat", status: "ERROR", durationMs: 3 },
    ]);
  });

  const details = {
    name: "chat gpt",
    parentSpanId: "a",
    turnId: "a",
    startedAt: 1_999,
    endedAt: 4_000,
    agentName: "agent",
    model: "gpt",
    inputTokens: 3,
    outputTokens: 0,
  };

  test("the full view adds every scalar, and no messages", async ({ store }) => {
    await store.writeSpans(spans);
    const [a, b] = await readSpans(store, "thread", { view: "full" });
    expect(a!.details).toStrictEqual({
      name: "name",
      parentSpanId: null,
      turnId: "a",
      startedAt: 1_000,
      endedAt: null,
      agentName: null,
      model: null,
      inputTokens: null,
      outputTokens: null,
      messages: [],
    });
    expect(b!.details).toStrictEqual({ ...details, messages: [] });
  });

  test("the messages view adds the messages too", async ({ store }) => {
    await store.writeSpans(spans);
    const [a, b] = await readSpans(store, "thread", { view: "messages" });
    expect(a!.details.messages).toEqual([]);
    expect(b!.details).toStrictEqual({ ...details, messages: [message] });
  });

  test("a winning version replaces the messages", async ({ store }) => {
    const given = { thread: "thread", messages: [message, { ...message, text: "2" }] };
    await store.writeSpans([span({ ...given, endedAt: null })]);
    const answer = { role: "assistant" as const, text: "Hi \u{1F600}\u0000", json: '"Hi"' };
    await store.writeSpans([span({ ...given, messages: [answer] })]);
    const [only] = await readSpans(store, "thread", { view: "messages" });
    expect(only!.details.messages).toEqual([answer]);
  });

  test("durations are between whole milliseconds, 0 for a span that ends before its start", async ({
    store,
  }) => {
    await store.writeSpans([
      span({ spanId: "a", thread: "thread", startedAt: 1_999, endedAt: 2_000 }),
      span({ spanId: "b", thread: "thread", startedAt: 2_000, endedAt: 2_999 }),
      span({ spanId: "c", thread: "thread", startedAt: 9_000, endedAt: 1_000 }),
    ]);
    expect((await readSpans(store, "thread")).map(({ durationMs }) => durationMs)).toEqual([1, 0, 0]);
  });

  const atTimes = [1, 2, 3, 4].map((n) => span({ spanId: `s${n}`, thread: "thread", startedAt: n * 10 }));

  test("startedAfter keeps spans from the instant on, startedBefore those before it", async ({ store }) => {
    await store.writeSpans(atTimes);
    const started = async (startedAfter: number | null, startedBefore: number | null) =>
      (await readSpans(store, "thread", { startedAfter, startedBefore })).map(({ spanId }) => spanId);
    expect(await started(20, null)).toEqual(["s2", "s3", "s4"]);
    expect(await started(null, 30)).toEqual(["s1", "s2"]);
    expect(await started(20, 30)).toEqual(["s2"]);
    expect(await started(30, 30)).toEqual([]);
  });

  test("times keep and drop single spans: a turn may lose its own", async ({ store }) => {
    await store.writeSpans([
      span({ spanId: "top", thread: "thread", startedAt: 1 }),
      span({ spanId: "below", parentSpanId: "top", startedAt: 2 }),
    ]);
    const [below] = await readSpans(store, "thread", { startedAfter: 2 });
    expect(below).toMatchObject({ spanId: "below", details: { turnId: "top" } });
  });

  // The cap is taken of the spans that the times let through.
  test("a cap keeps the newest spans, still in ascending order", async ({ store }) => {
    await store.writeSpans(atTimes);
    const capped = async (maxSpansPerConversation: number, startedBefore: number | null = null) =>
      (await readSpans(store, "thread", { maxSpansPerConversation, startedBefore })).map(
        ({ spanId }) => spanId,
      );
    expect(await capped(2)).toEqual(["s3", "s4"]);
    expect(await capped(2, 40)).toEqual(["s2", "s3"]);
    expect(await capped(4)).toEqual(["s1", "s2", "s3", "s4"]);
    expect(await capped(100)).toEqual(["s1", "s2", "s3", "s4"]);
    expect(await capped(0)).toEqual([]);
  });

  test("of equal starts a cap keeps the greatest span ids, in each conversation", async ({ store }) => {
    await store.writeSpans(
      ["one", "two"].flatMap((thread) =>
        ["b", "c", "a"].map((spanId) => span({ traceId: `trace ${thread}`, spanId, thread })),
      ),
    );
    const query = spansQuery(["one", "two"], { maxSpansPerConversation: 2 });
    for (const { spans } of await readConversations(store, query)) {
      expect(spans.map(({ spanId }) => spanId)).toEqual(["b", "c"]);
    }
  });
}
