import fc from "fast-check";
import { expect } from "vitest";
import type { CallChange } from "../../../src/model/calls/call.ts";
import type { Span } from "../../../src/model/traces/span.ts";
import { NOW } from "../builders.ts";
import { callQuery, end, start } from "../call-builders.ts";
import { createNaiveStore } from "../naive-store.ts";
import { expectSameAnswers } from "../recompute.ts";
import { draft } from "../record-builders.ts";
import { callQuestion, documentedCall, EXPIRING_THREAD } from "./arbitrary-expressions.ts";
import { saidByAssistant, saidByUser, spanTime, THREAD_IDS, version } from "./arbitrary-spans.ts";
import { check, PROPERTY_TIMEOUT, projects } from "./check.ts";
import type { DefineTest } from "./describe-store.ts";

/** Calls share their ids with arbitrary spans, so that each can be the other's parent, or the other's version. */
const CALL_IDS = ["1", "3", "5", "call", "another"];
export const callId = fc.constantFrom(...CALL_IDS);
const tokens = fc.constantFrom(null, 0, 1, 10);

const startOf = fc.record({
  traceId: fc.constantFrom("x", "x", "x", "y"),
  parentId: fc.option(fc.constantFrom(...CALL_IDS, "0", "2", "4"), { freq: 3 }),
  threadId: fc.option(fc.constantFrom(...THREAD_IDS, ""), { freq: 4 }),
  startedAt: spanTime,
  messages: saidByUser,
});

const endOf = fc.record({
  endedAt: spanTime,
  failed: fc.boolean(),
  inputTokens: tokens,
  outputTokens: tokens,
  messages: saidByAssistant,
});

/** A half of a call, or both. */
export const change: fc.Arbitrary<CallChange> = fc
  .record({
    kind: fc.constantFrom("start" as const, "start" as const, "end" as const, "complete" as const),
    callId,
    turnId: fc.oneof(fc.constant("self"), fc.option(callId)),
    startOf,
    endOf,
  })
  .map(({ kind, callId, turnId, startOf, endOf }) => {
    const whole = { start: start(callId, { ...startOf, turnId: turnId === "self" ? callId : turnId }) };
    const close = { end: end(callId, endOf) };
    if (kind === "start") return { kind, ...whole };
    return kind === "end" ? { kind, ...close } : { kind, ...whole, ...close };
  });

/** What reaches the store in one go. */
type Step =
  | { do: "calls"; changes: CallChange[] }
  | { do: "spans"; spans: Span[] }
  | { do: "delete"; callIds: string[] };

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc
      .array(change, { minLength: 1, maxLength: 8 })
      .map((changes) => ({ do: "calls" as const, changes })),
  },
  {
    weight: 2,
    arbitrary: fc
      .array(version, { minLength: 1, maxLength: 6 })
      .map((spans) => ({ do: "spans" as const, spans })),
  },
  {
    weight: 1,
    arbitrary: fc
      .array(callId, { minLength: 1, maxLength: 2 })
      .map((callIds) => ({ do: "delete" as const, callIds })),
  },
);

/** What must hold of any calls among any spans, in any order of arrival. */
export function callPropertyTests(test: DefineTest): void {
  test(
    "after calls, spans and deletions in any order, everything equals a recomputation",
    async ({ store }) => {
      const nextProject = projects();
      await check(fc.array(step, { minLength: 1, maxLength: 8, size: "max" }), async (steps) => {
        const naive = createNaiveStore();
        const projectId = nextProject();
        for (const each of steps) {
          for (const target of [store, naive]) {
            if (each.do === "calls") {
              await target.writeCalls(each.changes.map((one) => inProject(one, projectId)));
            } else if (each.do === "spans") {
              await target.writeSpans(each.spans.map((one) => ({ ...one, projectId })));
            } else {
              await target.deleteCalls({ projectId, callIds: each.callIds, now: NOW });
            }
          }
          await expectSameAnswers(store, naive, projectId, THREAD_IDS);
          const query = callQuery({ projectId, documents: true });
          const calls = (await Array.fromAsync(store.queryCalls(query))).flat();
          expect(calls).toEqual((await Array.fromAsync(naive.queryCalls(query))).flat());
        }
      });
    },
    PROPERTY_TIMEOUT,
  );

  test(
    "every question about calls has the answer that its rules give",
    async ({ store }) => {
      const nextProject = projects();
      const example = fc.record({
        calls: fc.array(documentedCall, { maxLength: 12 }),
        questions: fc.array(callQuestion, { minLength: 1, maxLength: 10 }),
      });
      await check(example, async ({ calls, questions }) => {
        const naive = createNaiveStore();
        const projectId = nextProject();
        const changes = calls.flatMap(({ start, end }): CallChange[] => [
          { kind: "start", start },
          ...(end ? [{ kind: "end" as const, end }] : []),
        ]);
        const ttl = { strategy: "delete" as const, minutes: 1 };
        for (const target of [store, naive]) {
          await target.createThread(draft({ projectId, threadId: EXPIRING_THREAD, ttl }));
          await target.writeCalls(changes.map((one) => inProject(one, projectId)));
        }
        for (const { minutes, ...question } of questions) {
          const query = callQuery({ projectId, now: NOW + minutes * 60_000_000, ...question });
          const [answer, expected] = await Promise.all(
            [store, naive].map(async (each) => (await Array.fromAsync(each.queryCalls(query))).flat()),
          );
          expect(answer).toEqual(expected);
          expect(await store.countCalls(query)).toBe(await naive.countCalls(query));
        }
      });
    },
    PROPERTY_TIMEOUT,
  );
}

/** The same change of a call of a project. */
export function inProject(change: CallChange, projectId: string): CallChange {
  switch (change.kind) {
    case "rename":
      return { ...change, projectId };
    case "start":
      return { ...change, start: { ...change.start, projectId } };
    case "end":
      return { ...change, end: { ...change.end, projectId } };
    case "complete":
      return { ...change, start: { ...change.start, projectId }, end: { ...change.end, projectId } };
  }
}
