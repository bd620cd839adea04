import type { Instant } from "../../../../model/base/instant.ts";
import type { CallFilter } from "../../../../model/calls/call.ts";
import { CALL_FIELDS, type CallColumn } from "../../../../model/calls/call-fields.ts";
import type { Expression } from "../../../../model/query/expression/expression.ts";
import { conjuncts, type Period, periodOf, textsOf } from "../../../../model/query/expression/implied.ts";
import { type Database, findProject, prepared } from "../../connection/database.ts";
import { joined, type Sql } from "../../connection/sql.ts";
import { REF_SIDES } from "../../tables/call-rows.ts";
import { hidesAny } from "../../tables/hidden-threads.ts";

/** The columns that fields are kept in. */
export const CALL_COLUMNS: Record<CallColumn, string> = {
  id: "call_id",
  trace_id: "trace_id",
  parent_id: "parent_id",
  op_name: "op_name",
  display_name: "display_name",
  thread_id: "thread_id",
  turn_id: "turn_id",
  started_at: "started_at",
  ended_at: "ended_at",
  wb_user_id: "user_id",
  wb_run_id: "run_id",
};

/** The indexes that texts are looked up in, the most selective first. */
const INDEXES = [
  ["id", "call_by_key"],
  ["parent_id", "call_by_parent"],
  ["turn_id", "call_by_turn"],
  ["trace_id", "call_by_trace"],
  ["thread_id", "call_by_thread"],
  ["op_name", "call_by_op"],
] as const;

/** Where the calls of a filter are found, and what of it rows alone decide; an expression comes on top. */
export interface CallScope {
  project: number;
  /** The table with the index to go by, and the conditions. */
  from: string;
  where: Sql;
  /** The starts to walk, where no index has less; else null. */
  walk: Period | null;
}

/**
 * The scope of a filter; null if the project is not there. Costs a look-up for each version there is of an op or a ref
 * that is asked for in every version.
 */
export function callScope(db: Database, filter: CallFilter): CallScope | null {
  const project = findProject(db, filter.projectId);
  if (project === null) return null;
  const implied = filter.expression ? conjuncts(filter.expression) : [];
  const texts = [...textsAsked(db, project, filter), ...textsImplied(implied)];
  const conditions: Sql[] = [
    { sql: "call.project = ? AND started_at IS NOT NULL", values: [project] },
    ...texts.map(({ column, values }) => oneOf(CALL_COLUMNS[column], values)),
  ];
  if (filter.rootsOnly) conditions.push({ sql: "parent_id IS NULL", values: [] });
  if (hidesAny(db, project, filter.now)) conditions.push(notHidden(filter.now));
  const refs = (["input", "output"] as const).flatMap((side) => {
    const wanted = filter[`${side}Refs`];
    return wanted ? [withRef(db, project, REF_SIDES[side], wanted)] : [];
  });
  const where = joined([...conditions, ...refs]);
  const index = INDEXES.find(([column]) => texts.some((each) => each.column === column))?.[1];
  if (index) return { project, from: `call INDEXED BY ${index}`, where, walk: null };
  if (refs.length > 0) return { project, from: "call NOT INDEXED", where, walk: null };
  return { project, from: "call INDEXED BY call_by_start", where, walk: periodOf(implied, "started_at") };
}

/** A column and what it must be. */
interface ColumnTexts {
  column: CallColumn;
  values: string[];
}

function textsImplied(conditions: Expression[]): ColumnTexts[] {
  const columns = Object.keys(CALL_COLUMNS).filter((name) => CALL_FIELDS.get(name) === "scalar");
  return (columns as CallColumn[]).flatMap((column) =>
    conditions.flatMap((condition) => {
      const values = textsOf(condition, column);
      return values ? [{ column, values }] : [];
    }),
  );
}

function textsAsked(db: Database, project: number, filter: CallFilter): ColumnTexts[] {
  const nextOp = prepared<string>(
    db,
    `SELECT op_name FROM call INDEXED BY call_by_op
     WHERE project = ? AND started_at IS NOT NULL AND op_name >= ? AND op_name < ? ORDER BY op_name LIMIT 1`,
  ).pluck();
  const ops = filter.opNames && allVersions(filter.opNames, (...range) => nextOp.get(project, ...range));
  const lists: [CallColumn, string[] | null][] = [
    ["id", filter.callIds],
    ["trace_id", filter.traceIds],
    ["parent_id", filter.parentIds],
    ["thread_id", filter.threadIds],
    ["turn_id", filter.turnIds],
    ["op_name", ops],
    ["wb_user_id", filter.userIds],
    ["wb_run_id", filter.runIds],
  ];
  return lists.flatMap(([column, values]) => (values ? [{ column, values }] : []));
}

/** The condition that one of some refs is on a side. */
function withRef(db: Database, project: number, side: number, refs: string[]): Sql {
  const nextRef = prepared<string>(
    db,
    `SELECT ref FROM call_ref INDEXED BY call_ref_by_ref
     WHERE project = ? AND side = ? AND ref >= ? AND ref < ? ORDER BY ref LIMIT 1`,
  ).pluck();
  const all = allVersions(refs, (...range) => nextRef.get(project, side, ...range));
  return {
    sql: `call.id IN (SELECT call FROM call_ref INDEXED BY call_ref_by_ref
      WHERE project = ? AND side = ? AND ref IN (SELECT value FROM json_each(?)))`,
    values: [project, side, JSON.stringify(all)],
  };
}

/** The names, where one that ends in `:*` stands for all there are that begin with what is before the star. */
function allVersions(names: string[], next: (from: string, until: string) => string | undefined): string[] {
  return names.flatMap((name) => {
    if (!name.endsWith(":*")) return [name];
    const [prefix, until] = [name.slice(0, -1), `${name.slice(0, -2)};`]; // ";" comes right after ":"
    const versions: string[] = [];
    for (let found = next(prefix, until); found !== undefined; found = next(`${found}\0`, until)) {
      versions.push(found);
    }
    return versions;
  });
}

function oneOf(column: string, values: string[]): Sql {
  const [only, ...more] = values;
  // With a single op the index has the order of starts, too.
  if (only !== undefined && more.length === 0) return { sql: `${column} = ?`, values: [only] };
  return { sql: `${column} IN (SELECT value FROM json_each(?))`, values: [JSON.stringify(values)] };
}

/** Hides the calls of threads whose time is up; a look-up for each call that is in a thread. */
function notHidden(now: Instant): Sql {
  return {
    sql: `NOT EXISTS (SELECT 1 FROM thread INDEXED BY thread_by_key WHERE thread.project = call.project
      AND thread.thread_id = call.thread_id AND thread.expires_at <= ? AND thread.ttl_strategy = 'delete')`,
    values: [now],
  };
}
