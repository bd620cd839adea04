import type { CallFilter, CallQuery, CallSortField, StoredCall } from "../../model/call.ts";
import { batchesOf } from "./batches.ts";
import { type Database, findProject, prepared } from "./database.ts";
import { joined, type Sql } from "./record-scope.ts";

const COLUMNS: Record<CallSortField, string> = {
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

/** The indexes that filters can go by, the most selective first. */
const INDEXES = [
  ["callIds", "call_by_key"],
  ["parentIds", "call_by_parent"],
  ["turnIds", "call_by_turn"],
  ["traceIds", "call_by_trace"],
  ["threadIds", "call_by_thread"],
] as const;

/** Rows of one read. */
const PAGE_ROWS = 100;

/**
 * Yields the calls that a query asks for, in order, in batches of bounded size. Finds and sorts what matches first (one
 * number a call is kept), then reads the rows, and their documents only if asked for. Goes by the index of an id that is
 * asked for; without one it walks the calls in the order of their starts, and stops at the limit where that is the order.
 */
export function* callPages(db: Database, query: CallQuery): Generator<StoredCall[]> {
  const project = findProject(db, query.projectId);
  if (project === null || query.limit === 0) return;
  const { sql, values } = joined(conditionsOf(project, query));
  const matches = db
    .prepare<unknown[], number>(
      `SELECT id FROM ${tableFor(query)} WHERE ${sql} ORDER BY ${orderOf(query)} LIMIT ? OFFSET ?`,
    )
    .pluck()
    .iterate(...values, query.limit ?? -1, query.offset);
  yield* batchesOf(calls(db, Float64Array.from(matches), query), sizeOf);
}

/** How many calls match. */
export function countCalls(db: Database, filter: CallFilter): number {
  const project = findProject(db, filter.projectId);
  if (project === null) return 0;
  const { sql, values } = joined(conditionsOf(project, filter));
  const counted = prepared<{ calls: number }>(
    db,
    `SELECT count(*) AS calls FROM ${tableFor(filter)} WHERE ${sql}`,
  );
  return counted.get(...values)!.calls;
}

function* calls(db: Database, rows: Float64Array, { documents }: CallQuery): Generator<StoredCall> {
  const read = prepared<StoredCall>(
    db,
    `SELECT call_id AS callId, trace_id AS traceId, parent_id AS parentId, op_name AS opName,
       display_name AS displayName, thread_id AS threadId, turn_id AS turnId, started_at AS startedAt,
       ended_at AS endedAt, user_id AS userId, run_id AS runId,
       ${documents ? `start, "end"` : `NULL AS start, NULL AS "end"`}
     FROM json_each(?) AS wanted CROSS JOIN call ON call.id = wanted.value
       ${documents ? "JOIN call_body ON call_body.call = call.id" : ""}
     ORDER BY wanted.key`,
  );
  const page = documents ? 1 : PAGE_ROWS;
  for (let first = 0; first < rows.length; first += page) {
    yield* read.all(JSON.stringify([...rows.subarray(first, first + page)]));
  }
}

function tableFor(filter: CallFilter): string {
  const index = INDEXES.find(([field]) => filter[field] !== null)?.[1] ?? "call_by_start";
  return `call INDEXED BY ${index}`;
}

function conditionsOf(project: number, filter: CallFilter): Sql[] {
  const conditions: Sql[] = [
    { sql: "call.project = ?", values: [project] },
    { sql: "started_at IS NOT NULL", values: [] },
  ];
  const lists: [string, string[] | null][] = [
    ["call_id", filter.callIds],
    ["trace_id", filter.traceIds],
    ["parent_id", filter.parentIds],
    ["thread_id", filter.threadIds],
    ["turn_id", filter.turnIds],
    ["user_id", filter.userIds],
    ["run_id", filter.runIds],
  ];
  for (const [column, ids] of lists) if (ids) conditions.push(oneOf(column, ids));
  if (filter.opNames) conditions.push(opCondition(filter.opNames));
  if (filter.rootsOnly) conditions.push({ sql: "parent_id IS NULL", values: [] });
  return conditions;
}

function oneOf(column: string, values: string[]): Sql {
  return { sql: `${column} IN (SELECT value FROM json_each(?))`, values: [JSON.stringify(values)] };
}

function opCondition(names: string[]): Sql {
  const [versions, whole] = [names.filter(isWildcard), names.filter((name) => !isWildcard(name))];
  const alternatives = [
    oneOf("op_name", whole),
    ...versions.map((name) => ({
      sql: "(op_name >= ? AND op_name < ?)",
      values: [name.slice(0, -1), `${name.slice(0, -2)};`], // ";" comes right after ":"
    })),
  ];
  return {
    sql: `(${alternatives.map(({ sql }) => sql).join(" OR ")})`,
    values: alternatives.flatMap(({ values }) => values),
  };
}

function isWildcard(name: string): boolean {
  return name.endsWith(":*");
}

function orderOf({ sort }: CallQuery): string {
  const named = sort.map(({ field, direction }) => `${COLUMNS[field]} ${direction} NULLS LAST`);
  const last = sort.at(-1)?.direction ?? "asc";
  if (sort.length === 0) return "started_at, call_id";
  const startsSame = sort.length === 1 && sort[0]!.field === "started_at";
  // The index of starts has this order, since a visible call has a start.
  if (startsSame) return `started_at ${last}, call_id ${last}`;
  return [...named, `started_at ${last}`, `call_id ${last}`].join(", ");
}

function sizeOf({ start, end }: StoredCall): number {
  return (start?.length ?? 0) + (end?.length ?? 0);
}
