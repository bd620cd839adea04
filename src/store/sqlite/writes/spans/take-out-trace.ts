import type { ThreadKey } from "../../../../model/traces/node.ts";
import type { Span } from "../../../../model/traces/span.ts";
import type { Database } from "../../connection/database.ts";
import { createStoredSpans } from "../../tables/stored-spans.ts";
import type { ThreadStatistics } from "./thread-statistics.ts";
import { createTraceWithdrawal } from "./withdraw-trace.ts";

/** A trace that is stored. */
export interface TraceRow {
  id: number;
  projectId: string;
  traceId: string;
}

/**
 * Makes the function that takes out a trace, whole, with its turns and messages, and tells the statistics of every
 * thread in it. Returns the spans that were not one thread's (null: all), for those that stay to be written anew: so
 * all that follows from them is as if the others had never come.
 */
export function createTraceTakeOut(
  db: Database,
): (trace: TraceRow, butOf: ThreadKey | null, statistics: ThreadStatistics) => Span[] {
  const storedSpans = createStoredSpans(db);
  const withdraw = createTraceWithdrawal(db);
  const removals = [
    "DELETE FROM span_message WHERE span IN (SELECT id FROM span INDEXED BY span_by_key WHERE trace = ?)",
    "DELETE FROM span_payload WHERE span IN (SELECT id FROM span INDEXED BY span_by_key WHERE trace = ?)",
    "DELETE FROM span INDEXED BY span_by_key WHERE trace = ?",
    "DELETE FROM trace WHERE id = ?",
  ].map((sql) => db.prepare<[number]>(sql));

  return (trace, butOf, statistics) => {
    const spans = storedSpans(trace, butOf);
    withdraw(trace.id, statistics);
    for (const statement of removals) statement.run(trace.id);
    return spans;
  };
}
