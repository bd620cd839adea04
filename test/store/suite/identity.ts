import { expect } from "vitest";
import { feedback, span, spansQuery, threadQuery } from "../builders.ts";
import { readConversations, readThreads } from "../reading.ts";
import { expectRecomputed } from "../recompute.ts";
import type { DefineTest } from "./describe-store.ts";

const hostileIds = {
  "that is very long": "x".repeat(10_000),
  "with NUL inside": "before\u0000after",
  "that is NUL alone": "\u0000",
  "of emoji": "\u{1F469}\u{1F3FD}\u200D\u{1F680}",
  "that looks like SQL": `'; DROP TABLE spans; --" OR 1=1 %_*`,
  "that looks like JSON": '["a","b"]',
  "that looks like a number": "0x10",
  "with line breaks and quotes": "a\r\nb\t\"'`\\",
  "named like a property of every object": "__proto__",
};

/** Projects are kept apart, and an id is what it is, whatever is in it. */
export function identityTests(test: DefineTest): void {
  test("a store is empty until it has a span of any project", async ({ store }) => {
    expect(await store.isEmpty()).toBe(true);
    await store.writeSpans([span({ projectId: "any" })]);
    expect(await store.isEmpty()).toBe(false);
  });

  test("a store is empty until it has feedback", async ({ store }) => {
    await store.createFeedback(feedback());
    expect(await store.isEmpty()).toBe(false);
  });

  test("projects share no spans, threads, parents or feedback", async ({ store }) => {
    const one = [
      span({ spanId: "a", thread: "thread", operationName: "one" }),
      span({ spanId: "b", parentSpanId: "a", inputTokens: 3 }),
    ];
    const two = [
      span({ spanId: "b", parentSpanId: "a", thread: "thread", operationName: "two", endedAt: 99_000 }),
    ];
    const all = [
      ...one.map((each) => ({ ...each, projectId: "one" })),
      ...two.map((each) => ({ ...each, projectId: "two" })),
    ];
    await store.writeSpans(all);
    const target = { kind: "turn" as const, id: "trace" };
    const given = [
      feedback({ projectId: "one", id: "1", tags: ["one"] }),
      feedback({ projectId: "two", id: "2", tags: ["two"], target }),
    ];
    for (const each of given) await store.createFeedback(each);

    await expectRecomputed(store, all, given);
    const names: string[][] = [];
    for (const projectId of ["one", "two", "three"]) {
      const [conversation] = await readConversations(store, spansQuery(["thread"], { projectId }));
      names.push([
        ...conversation!.spans.map((each) => each.operationName),
        ...conversation!.feedback.flatMap(({ tags }) => tags),
      ]);
    }
    expect(names).toEqual([["one", "", "one"], ["two", "two"], []]);
    expect(await readThreads(store, threadQuery({ projectId: "three" }))).toEqual([]);
  });

  for (const [kind, id] of Object.entries(hostileIds)) {
    test(`an id ${kind} works as project, trace, span, thread and feedback id`, async ({ store }) => {
      const projectId = id;
      const spans = [
        span({ projectId, traceId: id, spanId: id, thread: id }),
        span({ projectId, traceId: id, spanId: `${id}1`, parentSpanId: id }),
        span({ projectId, traceId: id, spanId: `${id}2`, thread: `${id}2` }),
        span({ projectId, traceId: `${id}3`, spanId: id, parentSpanId: `${id}1` }),
      ];
      await store.writeSpans(spans.slice(1));
      await store.writeSpans(spans);
      await expectRecomputed(store, spans);

      const [row, ...others] = await readThreads(store, threadQuery({ projectId, threadIds: [id] }));
      expect(others).toEqual([]);
      expect(row).toMatchObject({
        threadId: id,
        firstTurnId: id,
        lastTurnId: id,
        turnCount: 1,
        spanCount: 2,
      });

      const target = { kind: "conversation" as const, id };
      await store.createFeedback(feedback({ projectId, id, target, tags: [id] }));
      await store.createFeedback(
        feedback({ projectId, id: `${id}2`, target: { kind: "turn", id }, tags: ["turn"] }),
      );
      const [conversation] = await readConversations(store, spansQuery([id], { projectId }));
      expect(conversation!.feedback.map(({ traceId, tags }) => [traceId, ...tags])).toEqual([
        [null, id],
        [id, "turn"],
      ]);
    });
  }

  test("ids that differ at the end of a kilobyte only are different", async ({ store }) => {
    const start = "\u00E9".repeat(500);
    const spans = ["a", "b", "b "].map((end) => span({ spanId: `${start}${end}`, thread: `${start}${end}` }));
    await store.writeSpans(spans);
    await expectRecomputed(store, spans);
  });

  test("ids are not trimmed, folded or normalised", async ({ store }) => {
    const ids = ["a", "A", " a", "a ", "\u00E9", "e\u0301", "1", "1.0", "01"];
    const spans = ids.map((id) => span({ traceId: id, spanId: id, thread: id }));
    await store.writeSpans(spans);
    await expectRecomputed(store, spans);
    expect(await readThreads(store, threadQuery())).toHaveLength(ids.length);
  });
}
