import type {
  ThreadCursor,
  ThreadQuery,
  ThreadSort,
  ThreadSortField,
  ThreadSummary,
} from "../../../../model/threads/thread.ts";
import { cursorAt } from "../../../../model/threads/thread.ts";
import { type Database, findProject, prepared } from "../../connection/database.ts";
import type { Sql } from "../../connection/sql.ts";
import { hidesMany, hiding } from "../../tables/hidden-threads.ts";
import { defineRead } from "../define-read.ts";
import { BUDGET } from "../read-budget.ts";

/** Rows of one read, and so the most that a batch holds. */
const PAGE_ROWS = 500;

const COLUMNS: Record<ThreadSortField, string> = {
  thread_id: "thread_id",
  turn_count: "turn_count",
  start_time: "start_time",
  last_updated: "last_updated",
  p50_turn_duration_ms: "p50",
  p99_turn_duration_ms: "p99",
};

const NULLABLE: ReadonlySet<ThreadSortField> = new Set(["p50_turn_duration_ms", "p99_turn_duration_ms"]);

const SUMMARY = `thread_id AS threadId, turn_count AS turnCount, start_time AS startTime,
  last_updated AS lastUpdated, first_turn_id AS firstTurnId, last_turn_id AS lastTurnId,
  p50 AS p50TurnDurationMs, p99 AS p99TurnDurationMs, span_count AS spanCount,
  input_tokens AS inputTokens, output_tokens AS outputTokens`;

/** The list of threads with their statistics. */
export const threadsRead = defineRead({ name: "threads", fitsMainThread, pages: threadPages });

/**
 * Whether a query's cost is bounded by what it returns (and the offset it steps over): it walks one index, or looks up
 * a few ids, and not many threads are hidden on the way.
 */
function fitsMainThread(db: Database, query: ThreadQuery): boolean {
  const { rows, offset, ids } = BUDGET.threads;
  const project = findProject(db, query.projectId);
  if (project === null) return true;
  if (hidesMany(db, project, query.now)) return false;
  if (query.threadIds && query.threadIds.length <= ids) return true;
  return walks(query) && query.limit !== null && query.limit <= rows && query.offset <= offset;
}

/**
 * Yields the threads of a query in order, a page at a time.
 *
 * With one sort key, and no condition but on that key, it walks the key's index: a page costs the rows it returns, an
 * offset the index entries it steps over. Else it finds and sorts what matches first (one number a thread is kept),
 * then reads the rows page by page. The caller sees to it that all reads are of one snapshot.
 */
export function* threadPages(db: Database, query: ThreadQuery): Generator<ThreadSummary[]> {
  const project = findProject(db, query.projectId);
  if (project === null || query.limit === 0) return;
  const conditions = rowConditions(query, hiding(db, project, query.now));
  yield* (walks(query) ? walkPages : sortedPages)(db, project, query, conditions);
}

/** Whether one index has the query's order and all it asks. */
function walks(query: ThreadQuery): boolean {
  const [key, ...more] = query.sort;
  if (query.threadIds || !key) return false;
  // The index ends in thread_id, which breaks ties whether it is named or not.
  if (more.some(({ field, direction }) => field !== "thread_id" || direction !== key.direction)) return false;
  return (
    (query.startedAfter === null || key.field === "start_time") &&
    (query.updatedBefore === null || key.field === "last_updated")
  );
}

function* walkPages(
  db: Database,
  project: number,
  query: ThreadQuery,
  conditions: Sql[],
): Generator<ThreadSummary[]> {
  let offset = query.offset;
  let left = query.limit ?? Number.POSITIVE_INFINITY;
  let after = query.after;
  while (left > 0) {
    const wanted = Math.min(left, PAGE_ROWS);
    const page: ThreadSummary[] = [];
    for (const step of walkSteps(query, conditions, after)) {
      const found = prepared<ThreadSummary>(db, step.sql).all(
        project,
        ...step.values,
        wanted - page.length,
        offset,
      );
      // The next step has what the offset has not passed over yet.
      if (found.length === 0 && offset > 0) offset -= countUpTo(db, step, project, offset);
      else if (found.length > 0) offset = 0;
      page.push(...found);
      if (page.length === wanted) break;
    }
    if (page.length > 0) yield page;
    if (page.length < wanted) return;
    left -= page.length;
    after = cursorAt(page.at(-1)!, query.sort);
  }
}

/**
 * The statements that together read a query's rows after a place, in order: one, or two for a key that can be null,
 * since nulls come last in both directions. Each takes the project, its own values, a limit and an offset.
 */
function walkSteps(query: ThreadQuery, always: Sql[], after: ThreadCursor | null): Sql[] {
  const key = query.sort[0]!;
  const column = COLUMNS[key.field];
  const statement = (condition: Sql | null, order: string): Sql => {
    const conditions = [...always, ...(condition ? [condition] : [])];
    const where = conditions.map(({ sql }) => ` AND ${sql}`).join("");
    return {
      sql: `SELECT ${SUMMARY} FROM thread INDEXED BY thread_by_${column}
        WHERE project = ? AND start_time IS NOT NULL${where} ORDER BY ${order} LIMIT ? OFFSET ?`,
      values: conditions.flatMap(({ values }) => values),
    };
  };
  const { direction } = key;
  const beyond = direction === "asc" ? ">" : "<";
  const value = after?.values[0] ?? null;
  if (column === "thread_id") {
    const rest = after && { sql: `thread_id ${beyond} ?`, values: [after.threadId] };
    return [statement(rest, `thread_id ${direction}`)];
  }
  const order = `${column} ${direction}, thread_id ${direction}`;
  const rest = after && {
    sql: `(${column}, thread_id) ${beyond} (?, ?)`,
    values: [value, after.threadId],
  };
  if (!NULLABLE.has(key.field)) return [statement(rest, order)];
  const nulls = `${column} IS NULL`;
  if (after && value === null) {
    return [statement({ sql: `${nulls} AND thread_id ${beyond} ?`, values: [after.threadId] }, order)];
  }
  return [
    statement(rest ?? { sql: `${column} IS NOT NULL`, values: [] }, order),
    statement({ sql: nulls, values: [] }, order),
  ];
}

/** How many rows a step has, counting no further than `most`. */
function countUpTo(db: Database, step: Sql, project: number, most: number): number {
  const counted = prepared<{ rows: number }>(db, `SELECT count(*) AS rows FROM (${step.sql})`);
  return counted.get(project, ...step.values, most, 0)!.rows;
}

/** What a query asks of rows, whatever its order. */
function rowConditions(query: ThreadQuery, hidden: Sql | null): Sql[] {
  const conditions: Sql[] = hidden ? [hidden] : [];
  if (query.startedAfter !== null) conditions.push({ sql: "start_time > ?", values: [query.startedAfter] });
  if (query.updatedBefore !== null)
    conditions.push({ sql: "last_updated < ?", values: [query.updatedBefore] });
  return conditions;
}

function* sortedPages(
  db: Database,
  project: number,
  query: ThreadQuery,
  always: Sql[],
): Generator<ThreadSummary[]> {
  const conditions = [...always];
  if (query.threadIds) {
    conditions.push({
      sql: "thread_id IN (SELECT value FROM json_each(?))",
      values: [JSON.stringify(query.threadIds)],
    });
  }
  if (query.after) conditions.push(afterCondition(query.sort, query.after));
  const where = conditions.map(({ sql }) => ` AND ${sql}`).join("");
  const index = query.threadIds ? "INDEXED BY thread_by_thread_id" : "";
  const matches = db
    .prepare<unknown[], number>(
      `SELECT id FROM thread ${index} WHERE project = ? AND start_time IS NOT NULL${where} ORDER BY ${orderOf(query.sort)}
       LIMIT ? OFFSET ?`,
    )
    .pluck()
    .iterate(project, ...conditions.flatMap(({ values }) => values), query.limit ?? -1, query.offset);
  const rows = Float64Array.from(matches);
  const read = prepared<ThreadSummary>(
    db,
    `SELECT ${SUMMARY} FROM json_each(?) AS wanted JOIN thread ON thread.id = wanted.value ORDER BY wanted.key`,
  );
  for (let start = 0; start < rows.length; start += PAGE_ROWS) {
    yield read.all(JSON.stringify([...rows.subarray(start, start + PAGE_ROWS)]));
  }
}

function orderOf(sort: ThreadSort[]): string {
  const keys = sort.map(({ field, direction }) => {
    const column = COLUMNS[field];
    return NULLABLE.has(field) ? `${column} IS NULL, ${column} ${direction}` : `${column} ${direction}`;
  });
  return [...keys, `thread_id ${sort.at(-1)!.direction}`].join(", ");
}

/** The rows after a place in an order of several keys: greater at the first key on which they differ. */
function afterCondition(sort: ThreadSort[], after: ThreadCursor): Sql {
  const keys = [...sort, { field: "thread_id" as const, direction: sort.at(-1)!.direction }];
  const values = [...after.values, after.threadId];
  const alternatives: Sql[] = keys.map((key, index) => {
    const same = keys.slice(0, index).map(({ field }, at) => ({
      sql: `${COLUMNS[field]} IS ?`,
      values: [values[at]],
    }));
    const all = [...same, beyondCondition(key, values[index] ?? null)];
    return { sql: all.map(({ sql }) => sql).join(" AND "), values: all.flatMap((one) => one.values) };
  });
  return {
    sql: `(${alternatives.map(({ sql }) => `(${sql})`).join(" OR ")})`,
    values: alternatives.flatMap((one) => one.values),
  };
}

/** Rows whose key comes after a value; nulls come after everything, and nothing after them. */
function beyondCondition({ field, direction }: ThreadSort, value: number | string | null): Sql {
  if (value === null) return { sql: "FALSE", values: [] };
  const column = COLUMNS[field];
  const beyond = `${column} ${direction === "asc" ? ">" : "<"} ?`;
  return { sql: NULLABLE.has(field) ? `(${beyond} OR ${column} IS NULL)` : beyond, values: [value] };
}
