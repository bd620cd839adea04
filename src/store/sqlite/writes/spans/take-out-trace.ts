import type { ThreadKey } from "../../../../model/traces/node.ts";
import type { Span } from "../../../../model/traces/span.ts";
import type { Database } from "../../connection/database.ts";
import { createStoredSpans } from "../../tables/stored-spans.ts";
import type { ThreadStatistics } from "./thread-statistics.ts";

/** A trace that is stored. */
export interface TraceRow {
  id: number;
  projectId: string;
  traceId: string;
}

interface TurnRow {
  id: number;
  thread: ThreadKey;
  durationMs: number | null;
}

interface TotalsRow {
  thread: ThreadKey;
  spanCount: number;
  inputTokens: number;
  outputTokens: number;
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
  const turns = db.prepare<[number], TurnRow>(
    `SELECT DISTINCT turn.id, turn.thread, turn.duration_ms AS durationMs
     FROM span INDEXED BY span_by_key JOIN turn ON turn.id = span.turn WHERE span.trace = ?`,
  );
  const totals = db.prepare<[number], TotalsRow>(
    `SELECT thread, count(*) AS spanCount,
       coalesce(sum(input_tokens) FILTER (WHERE usage_below = 0), 0) AS inputTokens,
       coalesce(sum(output_tokens) FILTER (WHERE usage_below = 0), 0) AS outputTokens
     FROM span INDEXED BY span_by_key WHERE trace = ? AND thread IS NOT NULL GROUP BY thread`,
  );
  const removals = [
    "DELETE FROM turn WHERE id IN (SELECT turn FROM span INDEXED BY span_by_key WHERE trace = ?)",
    "DELETE FROM span_message WHERE span IN (SELECT id FROM span INDEXED BY span_by_key WHERE trace = ?)",
    "DELETE FROM span_payload WHERE span IN (SELECT id FROM span INDEXED BY span_by_key WHERE trace = ?)",
    "DELETE FROM span INDEXED BY span_by_key WHERE trace = ?",
    "DELETE FROM part WHERE trace = ?",
    "DELETE FROM trace WHERE id = ?",
  ].map((sql) => db.prepare<[number]>(sql));

  return (trace, butOf, statistics) => {
    const spans = storedSpans(trace, butOf);
    for (const turn of turns.all(trace.id)) statistics.turnRemoved(turn.thread, turn);
    for (const { thread: of, spanCount, inputTokens, outputTokens } of totals.all(trace.id)) {
      statistics.totalsChanged(of, {
        spanCount: -spanCount,
        inputTokens: -inputTokens,
        outputTokens: -outputTokens,
      });
    }
    for (const statement of removals) statement.run(trace.id);
    return spans;
  };
}
