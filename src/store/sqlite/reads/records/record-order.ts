import {
  type RecordSortField,
  THREAD_STATUSES,
  type ThreadSearch,
  type ThreadStatus,
} from "../../../../model/threads/thread-record.ts";
import { joined, type Sql } from "../../connection/sql.ts";
import type { RowScope } from "../../tables/record-scope.ts";
import { candidateThreads, mayMatch, type Term } from "../../tables/record-terms.ts";
import type { RecordCount } from "./record-count.ts";

/**
 * The statement that walks the records of a scope in the order of a search, from its place on, stopping at those that
 * may match some terms; it also takes a limit and an offset. Every kind of record has a stretch of the order's index of
 * its own, and SQLite merges them: no row is read that is not stepped over.
 */
export function walkStatement(
  scope: RowScope,
  counts: RecordCount[],
  search: ThreadSearch,
  terms: Term[],
): Sql {
  const { sortBy, sortOrder, after } = search;
  const branches = counts.map(({ idKind, status }): Sql => {
    const conditions: Sql[] = [
      { sql: "project = ? AND listed = ? AND status = ?", values: [scope.project, idKind, status] },
    ];
    if (after) conditions.push(beyond(sortBy, sortOrder, after));
    if (scope.hidden) conditions.push(scope.hidden);
    conditions.push(...terms.map((term) => mayMatch(scope, term)));
    const { sql, values } = joined(conditions);
    return {
      sql: `SELECT id, ${sortBy}, thread_id FROM thread INDEXED BY ${INDEXES[sortBy]} WHERE ${sql}`,
      values,
    };
  });
  return {
    sql: `${branches.map(({ sql }) => sql).join(" UNION ALL ")}
      ORDER BY ${sortBy === "thread_id" ? "" : `2 ${sortOrder}, `}3 ${sortOrder} LIMIT ? OFFSET ?`,
    values: branches.flatMap(({ values }) => values),
  };
}

/** The statement that puts the threads of some rows in the order of a search, from its place on. */
export function sortStatement(search: ThreadSearch, rows: number[]): Sql {
  return sorted(search, {
    sql: "FROM json_each(?) AS found CROSS JOIN thread ON thread.id = found.value WHERE TRUE",
    values: [JSON.stringify(rows)],
  });
}

/** The same for the threads of a scope that may match some terms, of which the first is the rarest. */
export function candidateStatement(scope: RowScope, search: ThreadSearch, terms: Term[]): Sql {
  return sorted(search, candidateThreads(scope, terms));
}

function sorted({ sortBy, sortOrder, after }: ThreadSearch, threads: Sql): Sql {
  const { sql, values } = joined([threads, ...(after ? [beyond(sortBy, sortOrder, after)] : [])]);
  return {
    sql: `SELECT thread.id ${sql} ORDER BY thread.${sortBy} ${sortOrder}, thread.thread_id ${sortOrder} LIMIT ? OFFSET ?`,
    values,
  };
}

const INDEXES: Record<RecordSortField, string> = {
  thread_id: "record_by_status",
  status: "record_by_status",
  created_at: "record_by_created_at",
  updated_at: "record_by_updated_at",
  state_updated_at: "record_by_state_updated_at",
};

function beyond(
  sortBy: RecordSortField,
  sortOrder: ThreadSearch["sortOrder"],
  after: NonNullable<ThreadSearch["after"]>,
): Sql {
  const comparison = sortOrder === "asc" ? ">" : "<";
  if (sortBy === "thread_id") return { sql: `thread_id ${comparison} ?`, values: [after.threadId] };
  const place = after.values[0] ?? null;
  const value = sortBy === "status" ? THREAD_STATUSES.indexOf(place as ThreadStatus) : place;
  return { sql: `(${sortBy}, thread_id) ${comparison} (?, ?)`, values: [value, after.threadId] };
}
