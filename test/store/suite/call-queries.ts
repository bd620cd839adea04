import { expect } from "vitest";
import type { CallQuery } from "../../../src/model/calls/call.ts";
import type { Expression, Operand } from "../../../src/model/query/expression/expression.ts";
import type { Store } from "../../../src/store/store.ts";
import { NOW, PROJECT } from "../builders.ts";
import { callQuery, end, readCalls, start } from "../call-builders.ts";
import { readRecordIds, readThread } from "../reading.ts";
import { draft, key, search } from "../record-builders.ts";
import type { DefineTest } from "./describe-store.ts";

const DUE = NOW + 60_000_000;
const COUNT = 2_500;

async function readIds(store: Store, given: Partial<CallQuery> = {}): Promise<string[]> {
  return (await readCalls(store, given)).map(({ callId }) => callId);
}

const field = (...path: string[]): Operand => ({ kind: "field", path });

/** Calls whose inputs are these, in the order of their starts; the ids are letters. */
async function writeInputs(store: Store, ...inputs: string[]): Promise<void> {
  await store.writeCalls(
    inputs.map((json, index) => ({
      kind: "start",
      start: start("abcdefghijk"[index]!, { startedAt: index, json: `{"inputs":${json}}` }),
    })),
  );
}

/** Questions about calls beyond their ids: what is in them, in which order, and which are hidden. */
export function callQueryTests(test: DefineTest): void {
  test("what an expression says of documents decides", async ({ store }) => {
    await writeInputs(store, '{"n":9007199254740993}', '{"n":9007199254740992}', '{"n":"text"}', "{}");
    const bound: Operand = { kind: "literal", value: { digits: "9007199254740992" } };
    const given = { expression: { kind: "gt" as const, left: field("inputs", "n"), right: bound } };
    expect(await readIds(store, given)).toEqual(["a"]);
    expect(await store.countCalls(callQuery(given))).toBe(1);
    expect(
      await readIds(store, { expression: { kind: "not", operand: given.expression }, offset: 1 }),
    ).toEqual(["c", "d"]);
  });

  test("a span of starts is walked from its first to its last call, either way", async ({ store }) => {
    await writeInputs(store, "{}", "{}", "{}", "{}", "{}");
    const literal = (instant: number): Operand => ({ kind: "literal", value: { instant } });
    const started = field("started_at");
    const within = (...operands: Expression[]): Expression => ({ kind: "and", operands });
    const spans: [Expression, string][] = [
      [{ kind: "eq", left: literal(2), right: started }, "c"],
      [{ kind: "gt", left: started, right: literal(2) }, "de"],
      [{ kind: "gte", left: started, right: literal(2) }, "cde"],
      [{ kind: "lt", left: started, right: literal(2) }, "ab"],
      [{ kind: "lte", left: started, right: literal(2) }, "abc"],
      [{ kind: "gte", left: literal(2), right: started }, "abc"],
      [
        within(
          { kind: "gt", left: started, right: literal(0) },
          { kind: "lte", left: started, right: { kind: "literal", value: { digits: "0.000003" } } },
        ),
        "bcd",
      ],
      [{ kind: "gt", left: started, right: { kind: "literal", value: { digits: "1e400" } } }, ""],
    ];
    for (const [expression, ids] of spans) {
      const sort = (direction: "asc" | "desc") => [{ path: ["started_at"], direction }];
      expect((await readIds(store, { expression, sort: sort("asc") })).join("")).toBe(ids);
      const reversed = await readIds(store, { expression, sort: sort("desc") });
      expect(reversed.toReversed().join("")).toBe(ids);
    }
  });

  test("an order goes by what is in documents: kind by kind, nothing last both ways", async ({ store }) => {
    const values = [
      '{"v":"b"}',
      '{"v":10}',
      "{}",
      '{"v":true}',
      '{"v":9.5}',
      '{"v":null}',
      '{"v":[1]}',
      '{"v":"a"}',
    ];
    await writeInputs(store, ...values);
    const sort = (direction: "asc" | "desc") => [{ path: ["inputs", "v"], direction }];
    expect((await readIds(store, { sort: sort("asc") })).join("")).toBe("debghacf");
    expect((await readIds(store, { sort: sort("desc") })).join("")).toBe("ahgbedfc");
    expect((await readIds(store, { sort: sort("desc"), limit: 3, offset: 2 })).join("")).toBe("gbe");
    expect(await readIds(store, { sort: sort("asc"), limit: 3, offset: 9 })).toEqual([]);
  });

  test("long texts of a document go by their beginning, then by start", async ({ store }) => {
    const long = "x".repeat(256);
    await writeInputs(store, `{"v":"${long}b"}`, `{"v":"${long}a"}`, `{"v":"${long.slice(1)}"}`);
    expect((await readIds(store, { sort: [{ path: ["inputs", "v"], direction: "asc" }] })).join("")).toBe(
      "cab",
    );
  });

  test("what is worked out of a call has its place in an order, too", async ({ store }) => {
    await store.writeCalls([
      { kind: "complete", start: start("slow", { startedAt: 0 }), end: end("slow", { endedAt: 9_000_000 }) },
      { kind: "start", start: start("runs", { startedAt: 1 }) },
      { kind: "complete", start: start("fast", { startedAt: 2 }), end: end("fast", { endedAt: 10_000 }) },
    ]);
    const sort = [{ path: ["summary", "weave", "latency_ms"], direction: "desc" as const }];
    expect(await readIds(store, { sort })).toEqual(["slow", "fast", "runs"]);
  });

  test("many calls are looked into and sorted, page by page", async ({ store }) => {
    const number = (index: number) => String(index).padStart(5, "0");
    await store.writeCalls(
      Array.from({ length: COUNT }, (_, index) => ({
        kind: "start",
        start: start(number(index), {
          startedAt: index % 7,
          json: `{"inputs":{"n":${(index * 7) % COUNT}}}`,
        }),
      })),
    );
    const expression = {
      kind: "gte" as const,
      left: field("inputs", "n"),
      right: { kind: "literal" as const, value: { digits: "100" } },
    };
    const sort = [{ path: ["inputs", "n"], direction: "desc" as const }];
    const inOrder = Array.from({ length: COUNT }, (_, index) => index)
      .toSorted((a, b) => ((b * 7) % COUNT) - ((a * 7) % COUNT))
      .map(number);
    expect(await readIds(store, { expression, sort })).toEqual(inOrder.slice(0, -100));
    expect(await readIds(store, { sort, limit: 7, offset: 1_200 })).toEqual(inOrder.slice(1_200, 1_207));
    const byStart = await readIds(store, { expression, offset: 600, limit: 1_300 });
    expect(byStart).toEqual((await readIds(store, { expression })).slice(600, 1_900));
    expect(await store.countCalls(callQuery({ expression }))).toBe(COUNT - 100);
  });

  test("calls are found by refs on either side, whole or in every version", async ({ store }) => {
    const refs = [
      "weave:///e/p/object/o:1",
      "weave:///e/p/object/o:2",
      "weave:///e/p/object/other:1",
    ] as const;
    await store.writeCalls([
      { kind: "start", start: start("a", { startedAt: 1, refs: [refs[0], refs[2]] }) },
      { kind: "start", start: start("b", { startedAt: 2, refs: [refs[1]] }) },
      { kind: "end", end: end("b", { refs: [refs[0]] }) },
      { kind: "start", start: start("c", { startedAt: 3 }) },
    ]);
    expect(await readIds(store, { inputRefs: [refs[0]] })).toEqual(["a"]);
    expect(await readIds(store, { inputRefs: ["weave:///e/p/object/o:*"] })).toEqual(["a", "b"]);
    expect(await readIds(store, { outputRefs: [refs[0], refs[2]] })).toEqual(["b"]);
    expect(await readIds(store, { inputRefs: [refs[1]], outputRefs: [refs[0]] })).toEqual(["b"]);
    expect(await store.countCalls(callQuery({ inputRefs: [refs[2]] }))).toBe(1);
    await store.writeCalls([{ kind: "start", start: start("a", { startedAt: 1, refs: [refs[1]] }) }]);
    expect(await readIds(store, { inputRefs: [refs[0], refs[2]] })).toEqual([]);
    expect(await readIds(store, { inputRefs: [refs[1]] })).toEqual(["a", "b"]);
    await store.deleteCalls({ projectId: PROJECT, callIds: ["b"], now: NOW });
    expect(await readIds(store, { outputRefs: [refs[0]] })).toEqual([]);
  });

  for (const swept of [false, true]) {
    const when = swept ? "after the sweep" : "before any sweep";

    test(`calls of a thread vanish at its moment, ${when}`, async ({ store }) => {
      await writeExpiring(store);
      const everything: Partial<CallQuery>[] = [
        {},
        { callIds: ["child", "root", "stays"] },
        { traceIds: ["trace"] },
        { threadIds: ["thread", "other"] },
        { opNames: ["op"] },
        { opNames: ["op:*", "op"], sort: [{ path: ["started_at"], direction: "desc" }] },
        { inputRefs: ["weave:///r"] },
        { sort: [{ path: ["thread_id"], direction: "asc" }] },
        { sort: [{ path: ["inputs", "n"], direction: "asc" }] },
        { expression: { kind: "eq", left: field("op_name"), right: { kind: "literal", value: "op" } } },
        {
          expression: {
            kind: "not",
            operand: { kind: "convert", operand: field("inputs", "n"), to: "exists" },
          },
        },
      ];
      for (const given of everything) {
        expect(await readIds(store, { now: DUE - 1, ...given })).toHaveLength(3);
      }
      if (swept) await store.sweepExpired(DUE, 10);
      for (const given of everything) {
        expect(await readIds(store, { now: DUE, ...given })).toEqual(["stays"]);
        expect(await store.countCalls(callQuery({ now: DUE, ...given }))).toBe(1);
      }
    });

    test(`calls that have vanished are not deleted again, ${when}`, async ({ store }) => {
      await writeExpiring(store);
      if (swept) await store.sweepExpired(DUE, 10);
      const remove = (...callIds: string[]) => store.deleteCalls({ projectId: PROJECT, callIds, now: DUE });
      expect(await remove("root")).toEqual([]);
      expect(await readIds(store, { now: DUE })).toEqual(["stays"]);
      expect(await remove("child", "stays")).toEqual(["stays"]);
      expect(await readRecordIds(store, search({ now: DUE }))).toEqual(["other"]);
    });

    test(`an end that comes after its call has vanished waits for another start, ${when}`, async ({
      store,
    }) => {
      await writeExpiring(store);
      if (swept) await store.sweepExpired(DUE, 10);
      await store.writeCalls([{ kind: "end", end: end("root") }], DUE);
      await store.sweepExpired(DUE, 10);
      expect(await readIds(store, { now: DUE })).toEqual(["stays"]);
      await store.writeCalls(
        [{ kind: "start", start: start("root", { threadId: "thread", turnId: "root" }) }],
        DUE,
      );
      expect(await readCalls(store, { now: DUE, callIds: ["root"] })).toMatchObject([{ endedAt: 2_000 }]);
      expect(await readThread(store, "thread")).toMatchObject({ turnCount: 1 });
    });
  }

  test("a thread that only loses its history keeps its calls", async ({ store }) => {
    await store.createThread(draft({ ttl: { strategy: "keep_latest", minutes: 1 } }));
    await store.writeCalls([{ kind: "start", start: start("a", { threadId: "thread" }) }], NOW);
    expect(await readIds(store, { now: DUE })).toEqual(["a"]);
    await store.deleteThread(key());
  });

  test("a signal ends a query, and a count", async ({ store }) => {
    await writeInputs(store, "{}", "{}");
    const reason = new Error("too late");
    const signal = AbortSignal.abort(reason);
    await expect(store.countCalls(callQuery(), { signal })).rejects.toBe(reason);
    const iterator = store.queryCalls(callQuery(), { signal })[Symbol.asyncIterator]();
    await expect(iterator.next()).rejects.toBe(reason);
  });
}

/** A root and its child in a thread that is due, and a call below them that stays; each has a ref. */
async function writeExpiring(store: Store): Promise<void> {
  await store.createThread(draft({ ttl: { strategy: "delete", minutes: 1 } }));
  await store.createThread(draft({ threadId: "other" }));
  const refs = ["weave:///r"];
  await store.writeCalls(
    [
      start("root", { threadId: "thread", turnId: "root", startedAt: 1, refs }),
      start("child", { threadId: "thread", parentId: "root", startedAt: 2, refs }),
      start("stays", { threadId: "other", parentId: "child", startedAt: 3, refs }),
    ].map((each) => ({ kind: "start", start: each })),
    NOW,
  );
}
