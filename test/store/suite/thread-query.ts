import { expect } from "vitest";
import { cursorAt, THREAD_SORT_FIELDS, type ThreadQuery } from "../../../src/model/threads/thread.ts";
import type { Span } from "../../../src/model/traces/span.ts";
import type { Store } from "../../../src/store/store.ts";
import { span, threadQuery } from "../builders.ts";
import { readThreads } from "../reading.ts";
import type { DefineTest } from "./describe-store.ts";

/** A thread of turns, each a trace of its own: start and end in milliseconds, null while it runs. */
function thread(threadId: string, ...turns: [start: number, end: number | null][]): Span[] {
  return turns.map(([start, end], index) =>
    span({
      traceId: `${threadId} ${index}`,
      thread: threadId,
      startedAt: start * 1_000,
      endedAt: end === null ? null : end * 1_000,
    }),
  );
}

/** No two threads are the same in any sort field, and "running" has no durations. */
const distinct = [
  ...thread("c", [10, 20]),
  ...thread("a", [5, 35], [6, 36]),
  ...thread("running", [7, null], [8, null], [9, null]),
  ...thread("b", [1, 2], [2, 3], [3, 5], [4, 50]),
];

const ascending = {
  thread_id: ["a", "b", "c", "running"],
  turn_count: ["c", "a", "running", "b"],
  start_time: ["b", "a", "running", "c"],
  last_updated: ["running", "c", "a", "b"],
  p50_turn_duration_ms: ["b", "c", "a", "running"],
  p99_turn_duration_ms: ["c", "a", "b", "running"],
};

/** Which threads a query returns, and in which order. */
export function threadQueryTests(test: DefineTest): void {
  for (const field of THREAD_SORT_FIELDS) {
    test(`threads are ordered by ${field}, both ways, nulls last`, async ({ store }) => {
      await store.writeSpans(distinct);
      const nullable = field.startsWith("p");
      const descending = nullable
        ? [...ascending[field].slice(0, 3).reverse(), "running"]
        : ascending[field].toReversed();
      expect(await ids(store, { sort: [{ field, direction: "asc" }] })).toEqual(ascending[field]);
      expect(await ids(store, { sort: [{ field, direction: "desc" }] })).toEqual(descending);
    });

    test(`threads equal in ${field} are ordered by thread id in its direction`, async ({ store }) => {
      const same = ["b", "c", "a"].flatMap((id) => [
        ...thread(id, [1, 2]),
        ...thread(`${id} running`, [1, null]),
      ]);
      await store.writeSpans(same);
      const up = await ids(store, { sort: [{ field, direction: "asc" }] });
      const down = await ids(store, { sort: [{ field, direction: "desc" }] });
      for (const part of [(id: string) => id.length === 1, (id: string) => id.length > 1]) {
        expect(up.filter(part)).toEqual(up.filter(part).toSorted());
        expect(down.filter(part)).toEqual(up.filter(part).toReversed());
      }
    });
  }

  test("thread ids are ordered by code points", async ({ store }) => {
    // UTF-16 units put the emoji (a surrogate pair) before the full-width tilde.
    const order = [" ", "A", "a", "a\u0000", "a\u0000b", "ab", "é", "\uFF5E", "\u{1F600}"];
    await store.writeSpans(order.toReversed().flatMap((id) => thread(id, [1, 2])));
    expect(await ids(store, { sort: [{ field: "thread_id", direction: "asc" }] })).toEqual(order);
    expect(await ids(store, { sort: [{ field: "turn_count", direction: "asc" }] })).toEqual(order);
    expect(await ids(store, { sort: [{ field: "last_updated", direction: "desc" }] })).toEqual(
      order.toReversed(),
    );
  });

  test("later sort keys decide where earlier ones are equal", async ({ store }) => {
    await store.writeSpans([
      ...thread("a", [1, 9]),
      ...thread("b", [1, 5]),
      ...thread("c", [2, 5]),
      ...thread("d", [1, 9]),
      ...thread("e", [1, null]),
    ]);
    const start = { field: "start_time", direction: "asc" } as const;
    const p50 = { field: "p50_turn_duration_ms", direction: "desc" } as const;
    expect(await ids(store, { sort: [start, p50] })).toEqual(["d", "a", "b", "e", "c"]);
    expect(await ids(store, { sort: [p50, start] })).toEqual(["a", "d", "b", "c", "e"]);
    expect(await ids(store, { sort: [start, { ...p50, direction: "asc" }] })).toEqual([
      "b",
      "a",
      "d",
      "e",
      "c",
    ]);
    expect(await ids(store, { sort: [start, { ...start, direction: "desc" }] })).toEqual([
      "e",
      "d",
      "b",
      "a",
      "c",
    ]);
  });

  test("startedAfter keeps threads that start later, not at the instant", async ({ store }) => {
    await store.writeSpans(distinct);
    expect(await ids(store, { startedAfter: 4_999 })).toEqual(["a", "c", "running"]);
    expect(await ids(store, { startedAfter: 5_000 })).toEqual(["c", "running"]);
  });

  test("updatedBefore keeps threads updated earlier, not at the instant", async ({ store }) => {
    await store.writeSpans(distinct);
    expect(await ids(store, { updatedBefore: 36_001 })).toEqual(["a", "c", "running"]);
    expect(await ids(store, { updatedBefore: 36_000 })).toEqual(["c", "running"]);
  });

  test("dates look at whole threads, not at single turns", async ({ store }) => {
    await store.writeSpans(thread("long", [1, 2], [50, 60], [90, 99]));
    expect(await ids(store, { startedAfter: 1_000, updatedBefore: 99_000 })).toEqual([]);
    expect(await ids(store, { startedAfter: 999, updatedBefore: 99_001 })).toEqual(["long"]);
  });

  test("threadIds keeps these threads alone, each once", async ({ store }) => {
    await store.writeSpans(distinct);
    expect(await ids(store, { threadIds: ["c", "none", "b", "c"] })).toEqual(["b", "c"]);
    expect(await ids(store, { threadIds: ["none"] })).toEqual([]);
  });

  // The doors turn an empty list into null where their dialect means "all"; here it means none, as it says.
  test("an empty threadIds keeps none", async ({ store }) => {
    await store.writeSpans(distinct);
    expect(await ids(store, { threadIds: [] })).toEqual([]);
  });

  test("threadIds may be many", async ({ store }) => {
    await store.writeSpans(distinct);
    const threadIds = Array.from({ length: 40_000 }, (_, index) => `none ${index}`);
    expect(await ids(store, { threadIds: [...threadIds, "a"] })).toEqual(["a"]);
  });

  test("conditions are joined by AND", async ({ store }) => {
    await store.writeSpans(distinct);
    const conditions = { threadIds: ["a", "b", "running"], startedAfter: 1_000, updatedBefore: 36_001 };
    expect(await ids(store, conditions)).toEqual(["a", "running"]);
    expect(await ids(store, { ...conditions, limit: 1, offset: 1 })).toEqual(["running"]);
  });

  test("limit and offset take a slice", async ({ store }) => {
    await store.writeSpans(distinct);
    expect(await ids(store, { limit: 2 })).toEqual(["b", "a"]);
    expect(await ids(store, { limit: 2, offset: 1 })).toEqual(["a", "c"]);
    expect(await ids(store, { offset: 3 })).toEqual(["running"]);
    expect(await ids(store, { limit: 10, offset: 4 })).toEqual([]);
    expect(await ids(store, { limit: 0 })).toEqual([]);
    expect(await ids(store, { limit: 0, offset: 1 })).toEqual([]);
    expect(await ids(store, { limit: Number.MAX_SAFE_INTEGER, offset: 2 })).toEqual(["c", "running"]);
  });

  test("after goes on behind a row, and offset counts from there", async ({ store }) => {
    await store.writeSpans(distinct);
    const query = threadQuery();
    const [first] = await readThreads(store, query);
    const after = cursorAt(first!, query.sort);
    expect(await ids(store, { after })).toEqual(["a", "c", "running"]);
    expect(await ids(store, { after, offset: 1, limit: 1 })).toEqual(["c"]);
  });

  test("after goes on from its place though no row is there", async ({ store }) => {
    await store.writeSpans(distinct);
    const after = { values: [36_000], threadId: "a gone" };
    expect(await ids(store, { after })).toEqual(["a", "c", "running"]);
    expect(await ids(store, { after: { values: [36_000], threadId: "A" } })).toEqual(["c", "running"]);
  });

  test("after goes on into and within the nulls", async ({ store }) => {
    await store.writeSpans(["a", "b", "c"].flatMap((id) => thread(id, [1, null])));
    await store.writeSpans(thread("ended", [1, 2]));
    for (const [direction, order] of [
      ["asc", ["ended", "a", "b", "c"]],
      ["desc", ["ended", "c", "b", "a"]],
    ] as const) {
      const sort = [{ field: "p99_turn_duration_ms", direction } as const];
      const rows = await readThreads(store, threadQuery({ sort }));
      expect(rows.map((row) => row.threadId)).toEqual(order);
      for (const [index, row] of rows.entries()) {
        expect(await ids(store, { sort, after: cursorAt(row, sort) })).toEqual(order.slice(index + 1));
      }
    }
  });

  test("threads without a turn are not listed", async ({ store }) => {
    await store.writeSpans([span({ thread: "thread", isTurn: false })]);
    expect(await ids(store, {})).toEqual([]);
    expect(await ids(store, { threadIds: ["thread"] })).toEqual([]);
  });
}

async function ids(store: Store, query: Partial<ThreadQuery>): Promise<string[]> {
  return (await readThreads(store, threadQuery(query))).map((row) => row.threadId);
}
