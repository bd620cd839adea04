import type { Database } from "../../connection/database.ts";
import { createStateBackfill } from "./backfill-states.ts";
import { createTraceBackfill } from "./backfill-traces.ts";

/** Which rows are of a kind, and what makes the function that works out what is missing in some of them. */
interface Kind {
  rows: string;
  create(db: Database): (ids: number[]) => void;
}

const KINDS: Record<string, Kind> = {
  traces: { rows: "SELECT id FROM trace", create: createTraceBackfill },
  states: { rows: "SELECT id FROM thread WHERE head IS NOT NULL", create: createStateBackfill },
};

/** Rows of one transaction: few enough that the log stays short. */
const ROWS_AT_ONCE = 200;

/**
 * Works out what steps of the schema have left to code. It goes in order through the rows there were, in transactions
 * of bounded size that each say how far it has come: one that broke off goes on from there. A row that lacks nothing is
 * read, and left as it is.
 */
export function workOffBacklog(db: Database): void {
  const find = db.prepare<[string], { done: number; last: number }>(
    "SELECT done, last FROM backlog WHERE kind = ?",
  );
  const advance = db.prepare<[number, string]>("UPDATE backlog SET done = ? WHERE kind = ?");
  const finish = db.prepare<[string]>("DELETE FROM backlog WHERE kind = ?");

  for (const [kind, { rows, create }] of Object.entries(KINDS)) {
    if (find.get(kind) === undefined) continue;
    const next = db
      .prepare<[number, number, number], number>(
        `SELECT id FROM (${rows}) WHERE id > ? AND id <= ? ORDER BY id LIMIT ?`,
      )
      .pluck();
    const backfill = create(db);
    const step = db.transaction((): boolean => {
      // Asked inside the transaction: another process may be at the same work.
      const left = find.get(kind);
      if (left === undefined) return false;
      const ids = next.all(left.done, left.last, ROWS_AT_ONCE);
      backfill(ids);
      if (ids.length < ROWS_AT_ONCE) finish.run(kind);
      else advance.run(ids.at(-1)!, kind);
      return ids.length === ROWS_AT_ONCE;
    });
    while (step.immediate());
  }
}
