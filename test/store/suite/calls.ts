import { expect } from "vitest";
import type { CallQuery } from "../../../src/model/calls/call.ts";
import type { Store } from "../../../src/store/store.ts";
import { feedback, NOW, PROJECT, span, spansQuery, threadQuery } from "../builders.ts";
import { callQuery, end, readCalls, start } from "../call-builders.ts";
import { readConversations, readSpanIds, readThread, readThreads, readTurnIds } from "../reading.ts";
import { draft, key } from "../record-builders.ts";
import type { DefineTest } from "./describe-store.ts";

const turn = (callId: string, given = {}) => start(callId, { threadId: "thread", turnId: callId, ...given });

/** Calls: how their halves meet, what they make of threads, how they are found and removed. */
export function callTests(test: DefineTest): void {
  test("an end waits unseen for its start", async ({ store }) => {
    await store.writeCalls([{ kind: "end", end: end("a") }]);
    expect(await readCalls(store)).toEqual([]);
    expect(await readThread(store, "thread")).toBeUndefined();
    await store.writeCalls([{ kind: "start", start: turn("a") }]);
    expect(await readCalls(store, { documents: true })).toEqual([
      {
        callId: "a",
        traceId: "trace",
        parentId: null,
        opName: "op",
        displayName: null,
        threadId: "thread",
        turnId: "a",
        startedAt: 1_000,
        endedAt: 2_000,
        userId: null,
        runId: null,
        start: '{"id":"a","n":1.0}',
        end: '{"output":"a"}',
      },
    ]);
    expect(await readThread(store, "thread")).toMatchObject({ turnCount: 1, p50TurnDurationMs: 1 });
  });

  test("the same call twice is one call, and a complete one overwrites", async ({ store }) => {
    for (let time = 0; time < 2; time += 1) await store.writeCalls([{ kind: "start", start: turn("a") }]);
    expect(await readThread(store, "thread")).toMatchObject({
      turnCount: 1,
      spanCount: 1,
      lastUpdated: 1_000,
    });
    const complete = { kind: "complete", start: turn("a", { startedAt: 500 }), end: end("a") } as const;
    await store.writeCalls([complete]);
    expect(await readThread(store, "thread")).toMatchObject({
      turnCount: 1,
      startTime: 500,
      lastUpdated: 2_000,
    });
  });

  test("a call that comes again with another trace or thread leaves the old one", async ({ store }) => {
    await store.writeCalls([
      { kind: "start", start: turn("a") },
      { kind: "start", start: turn("b") },
    ]);
    await store.writeCalls([{ kind: "start", start: turn("a", { traceId: "other", threadId: "new" }) }]);
    expect(await readSpanIds(store, "thread")).toEqual(["b"]);
    expect(await readThread(store, "thread")).toMatchObject({ turnCount: 1 });
    expect(await readThread(store, "new")).toMatchObject({ turnCount: 1 });
    await store.writeCalls([{ kind: "start", start: start("b", { traceId: "other" }) }]);
    expect(await readThreads(store, threadQuery())).toMatchObject([{ threadId: "new", spanCount: 1 }]);
  });

  test("a call belongs where it says, and inherits nothing", async ({ store }) => {
    await store.writeCalls([
      { kind: "start", start: turn("root") },
      { kind: "start", start: start("nested", { parentId: "root", threadId: "thread", turnId: "root" }) },
      { kind: "start", start: start("silent", { parentId: "root" }) },
      { kind: "start", start: start("no turn", { threadId: "another" }) },
    ]);
    expect(await readTurnIds(store, "thread")).toEqual({ root: "root", nested: "root" });
    expect(await readThread(store, "thread")).toMatchObject({ turnCount: 1, spanCount: 2 });
    expect(await readTurnIds(store, "another")).toEqual({ "no turn": null });
    expect(await readThread(store, "another")).toBeUndefined();
  });

  test("spans below a call join what it belongs to", async ({ store }) => {
    await store.writeSpans([
      span({ spanId: "1", parentSpanId: "nested" }),
      span({ spanId: "2", parentSpanId: "silent" }),
    ]);
    await store.writeCalls([
      { kind: "start", start: start("silent", { parentId: "root" }) },
      { kind: "start", start: start("nested", { parentId: "root", threadId: "thread", turnId: "root" }) },
      { kind: "start", start: turn("root") },
    ]);
    expect(await readTurnIds(store, "thread")).toEqual({ "1": "root", nested: "root", root: "root" });
  });

  test("a call below spans of a thread does not join them", async ({ store }) => {
    await store.writeSpans([span({ spanId: "1", thread: "thread" })]);
    await store.writeCalls([{ kind: "start", start: start("a", { parentId: "1" }) }]);
    await store.writeSpans([span({ spanId: "2", parentSpanId: "a" })]);
    expect(await readSpanIds(store, "thread")).toEqual(["1"]);
  });

  test("a call wins over a span of its identity", async ({ store }) => {
    await store.writeSpans([span({ spanId: "a", thread: "other", endedAt: 9_000 })]);
    await store.writeCalls([{ kind: "start", start: turn("a") }]);
    await store.writeSpans([span({ spanId: "a", thread: "other", endedAt: 10_000 })]);
    expect(await readThreads(store, threadQuery())).toMatchObject([{ threadId: "thread", spanCount: 1 }]);
  });

  test("a failed call is an error, one that runs has no status, a name can come late", async ({ store }) => {
    await store.writeCalls([
      { kind: "rename", projectId: PROJECT, callId: "a", displayName: "Later" },
      { kind: "start", start: turn("a", { opName: "weave:///ent/proj/op/ask:v1" }) },
      { kind: "start", start: turn("b") },
      { kind: "end", end: end("a", { failed: true }) },
    ]);
    const [conversation] = await readConversations(store, spansQuery(["thread"], { view: "full" }));
    expect(conversation!.spans).toMatchObject([
      { spanId: "a", operationName: "ask", status: "ERROR", details: { name: "Later" } },
      { spanId: "b", operationName: "op", status: "UNSET", details: { name: "op" } },
    ]);
    await store.writeCalls([{ kind: "rename", projectId: PROJECT, callId: "a", displayName: "" }]);
    expect(await readCalls(store, { callIds: ["a"] })).toMatchObject([{ displayName: null }]);
  });

  test("deleted calls leave with all below them, and their statistics at once", async ({ store }) => {
    await store.writeSpans([span({ spanId: "1", parentSpanId: "child", thread: "own" })]);
    await store.writeCalls([
      { kind: "complete", start: turn("root"), end: end("root", { inputTokens: 5 }) },
      { kind: "start", start: start("child", { parentId: "root", threadId: "thread" }) },
      { kind: "start", start: start("elsewhere", { parentId: "child", traceId: "another" }) },
      { kind: "complete", start: turn("stays"), end: end("stays", { inputTokens: 7 }) },
    ]);
    await store.createFeedback(feedback({ target: { kind: "call", id: "root" } }));
    const deleted = await store.deleteCalls({ projectId: PROJECT, callIds: ["root", "unknown"], now: NOW });
    expect(deleted.toSorted()).toEqual(["child", "elsewhere", "root"]);
    expect((await readCalls(store)).map(({ callId }) => callId)).toEqual(["stays"]);
    expect(await readThread(store, "thread")).toMatchObject({ turnCount: 1, spanCount: 1, inputTokens: 7 });
    expect(await readSpanIds(store, "own")).toEqual(["1"]);
    await store.createFeedback(feedback({ target: { kind: "call", id: "root" } }));
  });

  test("a removed thread takes its calls along", async ({ store }) => {
    await store.writeCalls([
      { kind: "start", start: turn("a") },
      { kind: "start", start: start("b") },
    ]);
    await store.deleteThread(key());
    expect((await readCalls(store)).map(({ callId }) => callId)).toEqual(["b"]);
    await store.writeCalls([{ kind: "start", start: turn("a") }]);
    expect(await readThread(store, "thread")).toMatchObject({ turnCount: 1 });
  });

  test("a call that comes to an expired thread begins it anew", async ({ store }) => {
    await store.createThread(draft({ ttl: { strategy: "delete", minutes: 1 } }));
    await store.writeCalls([{ kind: "start", start: turn("a") }], NOW);
    const later = NOW + 60_000_000;
    await store.writeCalls([{ kind: "start", start: turn("b", { traceId: "other" }) }], later);
    expect((await readCalls(store)).map(({ callId }) => callId)).toEqual(["b"]);
    const [thread] = await readThreads(store, threadQuery({ now: later }));
    expect(thread).toMatchObject({ threadId: "thread", turnCount: 1, firstTurnId: "b" });
  });

  test("calls are found by every filter", async ({ store }) => {
    await writeForest(store);
    const found: [Partial<CallQuery>, string[]][] = [
      [{}, ["a", "b", "c", "d"]],
      [{ callIds: ["c", "a", "none"] }, ["a", "c"]],
      [{ traceIds: ["trace"] }, ["a", "b"]],
      [{ parentIds: ["a"] }, ["b"]],
      [{ threadIds: ["thread"] }, ["a", "c"]],
      [{ turnIds: ["a"] }, ["a"]],
      [{ opNames: ["weave:///e/p/op/x:*", "op"] }, ["a", "c", "d"]],
      [{ opNames: ["weave:///e/p/op/x:2"] }, ["d"]],
      [{ userIds: ["u"] }, ["b"]],
      [{ runIds: ["r"] }, ["b"]],
      [{ rootsOnly: true }, ["a", "c", "d"]],
      [{ rootsOnly: true, threadIds: ["thread"], traceIds: ["2"] }, ["c"]],
    ];
    for (const [given, expected] of found) {
      expect((await readCalls(store, given)).map(({ callId }) => callId)).toEqual(expected);
      expect(await store.countCalls(callQuery(given))).toBe(expected.length);
    }
    expect(await readCalls(store, { projectId: "another" })).toEqual([]);
  });

  test("calls come in any order, nulls last, in pages", async ({ store }) => {
    await writeForest(store);
    const orders: [Partial<CallQuery>, string[]][] = [
      [{ sort: [{ path: ["started_at"], direction: "desc" }] }, ["d", "c", "b", "a"]],
      [{ sort: [{ path: ["thread_id"], direction: "asc" }] }, ["a", "c", "b", "d"]],
      [{ sort: [{ path: ["thread_id"], direction: "desc" }] }, ["c", "a", "d", "b"]],
      [
        {
          sort: [
            { path: ["trace_id"], direction: "desc" },
            { path: ["id"], direction: "asc" },
          ],
        },
        ["a", "b", "c", "d"],
      ],
      [{ limit: 2, offset: 1 }, ["b", "c"]],
      [{ offset: 3 }, ["d"]],
      [{ limit: 0 }, []],
    ];
    for (const [given, expected] of orders) {
      expect((await readCalls(store, given)).map(({ callId }) => callId)).toEqual(expected);
    }
  });
}

async function writeForest(store: Store): Promise<void> {
  await store.writeCalls(
    [
      turn("a", { startedAt: 1, opName: "op" }),
      start("b", { startedAt: 2, parentId: "a", userId: "u", runId: "r", opName: "weave:///e/p/op/xy:1" }),
      turn("c", { startedAt: 3, traceId: "2", opName: "weave:///e/p/op/x:1" }),
      start("d", { startedAt: 4, traceId: "2", opName: "weave:///e/p/op/x:2" }),
    ].map((each) => ({ kind: "start", start: each })),
  );
}
