import Database from "better-sqlite3";
import { expect, it, onTestFinished } from "vitest";
import type { CallQuery } from "../../../src/model/call.ts";
import { callPages } from "../../../src/store/sqlite/call-query.ts";
import { callQuery, start } from "../call-builders.ts";
import { openTemporaryStore } from "./open-store.ts";

const ids = ["1", "2"];

it.each<[Partial<CallQuery>, string]>([
  [{}, "call_by_start (project=? AND started_at>?)"],
  [{ sort: [{ field: "started_at", direction: "desc" }] }, "call_by_start (project=? AND started_at>?)"],
  [{ rootsOnly: true, opNames: ["op"] }, "call_by_start (project=? AND started_at>?)"],
  [{ callIds: ids }, "call_by_key (project=? AND call_id=?)"],
  [{ threadIds: ids, rootsOnly: true }, "call_by_thread (project=? AND thread_id=?)"],
  [{ turnIds: ids, threadIds: ids }, "call_by_turn (project=? AND turn_id=?)"],
  [{ traceIds: ids }, "call_by_trace (project=? AND trace_id=?)"],
  [{ parentIds: ids }, "call_by_parent (project=? AND parent_id=?)"],
])("calls asked for by %j are found by index, without touching a document", async (given, index) => {
  const { store, file, close } = await openTemporaryStore();
  onTestFinished(close);
  await store.writeCalls([{ kind: "start", start: start("1") }]);
  const statements = new Set<string>();
  const db = new Database(file, { readonly: true, verbose: (sql) => statements.add(String(sql)) });
  onTestFinished(() => {
    db.close();
  });
  for (const _ of callPages(db, callQuery({ limit: 10, ...given })));
  const found = [...statements].filter((sql) => sql.startsWith("SELECT id FROM call "));
  const plans = found.flatMap((sql) =>
    db
      .prepare<[], { detail: string }>(`EXPLAIN QUERY PLAN ${sql}`)
      .all()
      .map(({ detail }) => detail),
  );
  expect(plans.filter((plan) => plan.includes(index))).toHaveLength(1);
  expect([...statements].filter((sql) => sql.includes("call_body"))).toEqual([]);
  if (index.startsWith("call_by_start")) expect(plans.join()).not.toContain("TEMP B-TREE");
});
