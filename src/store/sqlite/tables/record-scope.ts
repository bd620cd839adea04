import { ID_KINDS } from "../../../model/threads/id-kind.ts";
import { THREAD_STATUSES, type ThreadFilter } from "../../../model/threads/thread-record.ts";
import { type Database, prepared } from "../connection/database.ts";
import { joined, type Sql } from "../connection/sql.ts";
import { HIDDEN, type Hiding, hiding } from "./hidden-threads.ts";

/** The kind of the ids that a scope of UUIDs has, as the column listed has it. */
export const UUID_KIND = ID_KINDS.indexOf("uuid");

/** What of a search is decided by thread rows alone. */
export interface RowScope {
  project: number;
  filter: Pick<ThreadFilter, "status" | "uuidsOnly" | "now">;
  /** Hides the threads whose time is up; null where there are none that are not swept yet. */
  hidden: Hiding | null;
}

/** The scope of a filter. */
export function rowScope(db: Database, project: number, filter: ThreadFilter): RowScope {
  const { status, uuidsOnly, now } = filter;
  return { project, filter: { status, uuidsOnly, now }, hidden: hiding(db, project, now) };
}

/** The conditions on a thread's row, to be joined by AND. */
export function rowConditions({ project, filter, hidden }: RowScope): Sql[] {
  const conditions: Sql[] = [
    { sql: "thread.project = ?", values: [project] },
    { sql: filter.uuidsOnly ? `thread.listed = ${UUID_KIND}` : "thread.listed IS NOT NULL", values: [] },
  ];
  if (filter.status !== null) {
    conditions.push({ sql: "thread.status = ?", values: [THREAD_STATUSES.indexOf(filter.status)] });
  }
  if (hidden) conditions.push(hidden);
  return conditions;
}

/** The rows of all threads in a scope. */
export function allRows(db: Database, scope: RowScope): number[] {
  const { sql, values } = joined(rowConditions(scope));
  return rowsOf(db, `SELECT id FROM thread INDEXED BY record_by_status WHERE ${sql}`, values);
}

/** The rows of those threads in a scope that have one of these ids. */
export function namedRows(db: Database, scope: RowScope, threadIds: string[]): number[] {
  const { sql, values } = joined(rowConditions(scope));
  return rowsOf(
    db,
    `SELECT id FROM thread INDEXED BY thread_by_key
     WHERE thread_id IN (SELECT value FROM json_each(?)) AND ${sql}`,
    [JSON.stringify(threadIds), ...values],
  );
}

/** Those rows that are of threads in a scope. */
export function rowsWithin(db: Database, scope: RowScope, rows: number[]): number[] {
  const { sql, values } = joined(rowConditions(scope));
  return rowsOf(
    db,
    `SELECT thread.id FROM json_each(?) AS found CROSS JOIN thread ON thread.id = found.value WHERE ${sql}`,
    [JSON.stringify(rows), ...values],
  );
}

/** How many threads of a scope are hidden, since their time is up. */
export function countHidden(db: Database, scope: RowScope): number {
  if (!scope.hidden) return 0;
  const { sql, values } = joined(rowConditions({ ...scope, hidden: null }));
  const count = `SELECT count(*) AS threads ${HIDDEN} AND ${sql}`;
  return prepared<{ threads: number }>(db, count).get(scope.project, scope.filter.now, ...values)!.threads;
}

function rowsOf(db: Database, sql: string, values: unknown[]): number[] {
  return prepared<number>(db, sql)
    .pluck()
    .all(...values) as number[];
}
