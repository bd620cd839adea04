import { afterAll, beforeAll, expect, it, onTestFinished } from "vitest";
import type { CallQuery } from "../../../src/model/calls/call.ts";
import type { Operand } from "../../../src/model/query/expression/expression.ts";
import { runToEnd, YIELD } from "../../../src/store/shared/cooperative-read.ts";
import { type Database, openForReading } from "../../../src/store/sqlite/connection/database.ts";
import { callPages } from "../../../src/store/sqlite/reads/calls/call-query.ts";
import { countCalls } from "../../../src/store/sqlite/reads/calls/call-search.ts";
import { openForWriting } from "../../../src/store/sqlite/writes/open-for-writing.ts";
import { callQuery, start } from "../call-builders.ts";
import { openTemporaryStore, type TemporaryStore } from "../temporary-store.ts";

const CALLS = 5_000;
/** A walk must let go at least as often as this many calls. */
const MOST_AT_ONCE = 500;

let temporary: TemporaryStore;
let db: Database;

beforeAll(async () => {
  temporary = await openTemporaryStore();
  await temporary.store.writeCalls(
    Array.from({ length: CALLS }, (_, index) => ({
      kind: "start",
      start: start(`${index}`, { startedAt: index, threadId: "thread", json: `{"inputs":{"n":${index}}}` }),
    })),
  );
  db = openForReading(temporary.file, 1024);
});
afterAll(async () => {
  db.close();
  await temporary.close();
});

const field = (...path: string[]): Operand => ({ kind: "field", path });
const never = (...path: string[]) => ({
  kind: "eq" as const,
  left: field(...path),
  right: { kind: "literal" as const, value: "none" },
});

it.each<[string, Partial<CallQuery>]>([
  ["columns", { expression: { kind: "not", operand: { kind: "not", operand: never("op_name") } } }],
  ["documents", { expression: never("inputs", "n") }],
  ["documents of a thread", { threadIds: ["thread"], expression: never("inputs", "n") }],
  [
    "documents in another order",
    { expression: never("inputs", "n"), sort: [{ path: ["id"], direction: "asc" }] },
  ],
])("a walk of %s that finds nothing can be left between its slices", (_, given) => {
  const query = callQuery(given);
  const pages = [...callPages(db, query)];
  expect(pages.filter((page) => page !== YIELD)).toEqual([]);
  expect(pages.length).toBeGreaterThanOrEqual(CALLS / MOST_AT_ONCE);
  const pauses = [...countCalls(db, query)];
  expect(pauses.length).toBeGreaterThanOrEqual(CALLS / MOST_AT_ONCE);
  expect(runToEnd(countCalls(db, query))).toBe(0);
});

it("a sort by documents can be left between its slices", () => {
  const pages = [
    ...callPages(db, callQuery({ sort: [{ path: ["inputs", "n"], direction: "desc" }], limit: 2 })),
  ];
  const found = pages.findIndex((page) => page !== YIELD);
  expect(found).toBeGreaterThanOrEqual(CALLS / MOST_AT_ONCE);
  expect(pages[found]?.map(({ callId }) => callId)).toEqual(["4999", "4998"]);
});

it("a page of an order by starts reads no more than it needs", () => {
  const seen = [...callPages(db, callQuery({ limit: 3, offset: 10 }))];
  expect(seen.map((page) => page?.map(({ callId }) => callId))).toEqual([["10", "11", "12"]]);
});

it("an abort ends a count and a query on the way, and others go on", async () => {
  const { store } = temporary;
  const query = callQuery({ expression: never("inputs", "n") });
  for (const read of [
    (signal: AbortSignal) => store.countCalls(query, { signal }),
    (signal: AbortSignal) => Array.fromAsync(store.queryCalls(query, { signal })),
  ]) {
    const controller = new AbortController();
    const reason = new Error("the caller left");
    const reading = read(controller.signal);
    controller.abort(reason);
    await expect(reading).rejects.toBe(reason);
  }
  expect(await store.countCalls(callQuery({ expression: never("id"), callIds: ["1"] }))).toBe(0);
});

it("an order by documents over more calls than places are kept for must have a limit", async () => {
  const { file, store, close } = await openTemporaryStore();
  onTestFinished(close);
  const db = openForWriting(file, "relaxed");
  db.exec(`
    INSERT INTO project (id, project_id) VALUES (1, 'project');
    WITH RECURSIVE number (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM number WHERE n < 100000)
      INSERT INTO call (project, call_id, started_at, op_name) SELECT 1, n, n, 'op' FROM number;
    INSERT INTO call_body (call, start) SELECT id, '{"inputs":{"n":' || started_at || '}}' FROM call;
  `);
  db.close();
  const sort = [{ path: ["inputs", "n"], direction: "desc" as const }];
  const last = await Array.fromAsync(store.queryCalls(callQuery({ sort, limit: 2, offset: 1 })));
  expect(last.flat().map(({ callId }) => callId)).toEqual(["99999", "99998"]);
  const most = store.queryCalls(callQuery({ sort, limit: 100_000, offset: 1 }));
  await expect(Array.fromAsync(most)).rejects.toThrow(/limit: must be 100000 at most with the offset/);
}, 60_000);
