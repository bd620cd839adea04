import Database from "better-sqlite3";
import { expect, it, onTestFinished } from "vitest";
import type { CallQuery } from "../../../src/model/calls/call.ts";
import type { Expression, Operand } from "../../../src/model/query/expression/expression.ts";
import { callPages } from "../../../src/store/sqlite/reads/calls/call-query.ts";
import { callQuery, start } from "../call-builders.ts";
import { openTemporaryStore } from "../temporary-store.ts";

const ids = ["1", "2"];

const WALK = "call_by_start (project=? AND (started_at,call_id)>(?,?) AND (started_at,call_id)<(?,?))";
const started: Operand = { kind: "field", path: ["started_at"] };

function equal(field: string, value: string): Expression {
  const left: Operand = { kind: "field", path: [field] };
  return { kind: "and", operands: [{ kind: "eq", left, right: { kind: "literal", value } }] };
}

it.each<[Partial<CallQuery>, string]>([
  [{}, WALK],
  [{ sort: [{ path: ["started_at"], direction: "desc" }] }, WALK],
  [{ rootsOnly: true, userIds: ids }, WALK],
  [{ expression: { kind: "gt", left: started, right: { kind: "literal", value: { instant: 1 } } } }, WALK],
  [{ expression: { kind: "not", operand: equal("id", "1") } }, WALK],
  [{ callIds: ids }, "call_by_key (project=? AND call_id=?)"],
  [{ threadIds: ids, rootsOnly: true }, "call_by_thread (project=? AND thread_id=?)"],
  [{ turnIds: ids, threadIds: ids }, "call_by_turn (project=? AND turn_id=?)"],
  [{ traceIds: ids }, "call_by_trace (project=? AND trace_id=?)"],
  [{ traceIds: ids, rootsOnly: true }, "call_by_trace (project=? AND trace_id=?)"],
  [{ parentIds: ids }, "call_by_parent (project=? AND parent_id=?)"],
  [{ opNames: ["op", "other"] }, "call_by_op (project=? AND op_name=?"],
  [{ opNames: ["op:*"] }, "call_by_op (project=? AND op_name=?"],
  [
    { opNames: ["op"], sort: [{ path: ["started_at"], direction: "desc" }] },
    "call_by_op (project=? AND op_name=?",
  ],
  [{ inputRefs: ["weave:///1"] }, "INTEGER PRIMARY KEY (rowid=?)"],
  [{ outputRefs: ["weave:///1:*"], opNames: ids }, "call_by_op (project=? AND op_name=?"],
  [{ expression: equal("trace_id", "1") }, "call_by_trace (project=? AND trace_id=?)"],
  [{ expression: equal("op_name", "op"), traceIds: ids }, "call_by_trace (project=? AND trace_id=?)"],
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
  const found = [...statements].filter((sql) => /^\s*SELECT.* FROM call(_ref)? /s.test(sql));
  const plans = found.flatMap((sql) =>
    db
      .prepare<[], { detail: string }>(`EXPLAIN QUERY PLAN ${sql}`)
      .all()
      .map(({ detail }) => detail),
  );
  expect(plans.filter((plan) => plan.startsWith("SEARCH call ") && plan.includes(index))).toHaveLength(1);
  expect(plans.filter((plan) => plan.startsWith("SCAN call"))).toEqual([]);
  expect([...statements].filter((sql) => sql.includes("call_body"))).toEqual([]);
  if (index === WALK) expect(plans.join()).not.toContain("TEMP B-TREE");
});
