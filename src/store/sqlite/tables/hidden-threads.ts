import type { Instant } from "../../../model/base/instant.ts";
import { type Database, prepared } from "../connection/database.ts";
import type { Sql } from "../connection/sql.ts";

/** The most hidden threads that are named one by one. */
const FEW_HIDDEN = 1000;

/** The threads of a project that are gone, as `isGone` of the model says it to an index; takes project and time. */
export const HIDDEN = `FROM thread INDEXED BY thread_by_end
  WHERE thread.project = ? AND thread.expires_at <= ? AND thread.ttl_strategy = 'delete'`;

/** A condition that hides threads. */
export interface Hiding extends Sql {
  /** Whether they are so many that a short read may have to step over them for long. */
  areMany: boolean;
}

/**
 * The condition that hides the threads of a project whose time is up and that are not swept yet; null where there are
 * none. A few are named: the rows of all others need not be read then, so that stepping over them costs index entries.
 */
export function hiding(db: Database, project: number, now: Instant): Hiding | null {
  const hidden = hiddenRows(db, project, now);
  if (hidden.length === 0) return null;
  if (hidden.length > FEW_HIDDEN) {
    return {
      sql: "(thread.expires_at IS NULL OR thread.expires_at > ? OR thread.ttl_strategy != 'delete')",
      values: [now],
      areMany: true,
    };
  }
  return {
    sql: "thread.id NOT IN (SELECT value FROM json_each(?))",
    values: [JSON.stringify(hidden)],
    areMany: false,
  };
}

/** Whether so many threads of a project are hidden that a short read may have to step over them for long. */
export function hidesMany(db: Database, project: number, now: Instant): boolean {
  return hiddenRows(db, project, now).length > FEW_HIDDEN;
}

/** Whether any thread of a project is hidden. */
export function hidesAny(db: Database, project: number, now: Instant): boolean {
  return prepared<unknown>(db, `SELECT 1 ${HIDDEN} LIMIT 1`).get(project, now) !== undefined;
}

/** The rows of the hidden threads of a project, one more than few at most. */
function hiddenRows(db: Database, project: number, now: Instant): number[] {
  const rows = prepared<number>(db, `SELECT id ${HIDDEN} LIMIT ${FEW_HIDDEN + 1}`).pluck();
  return rows.all(project, now) as number[];
}
