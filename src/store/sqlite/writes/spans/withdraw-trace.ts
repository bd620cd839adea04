import type { ThreadKey } from "../../../../model/traces/node.ts";
import type { Database } from "../../connection/database.ts";
import type { ThreadStatistics } from "./thread-statistics.ts";

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
 * Makes the function that takes back what the spans of a trace made: its turns and parts, and what they add to the
 * statistics of every thread in it. The spans themselves stay, for the caller to remove or to derive again from.
 */
export function createTraceWithdrawal(db: Database): (trace: number, statistics: ThreadStatistics) => void {
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
    "DELETE FROM part WHERE trace = ?",
  ].map((sql) => db.prepare<[number]>(sql));

  return (trace, statistics) => {
    for (const turn of turns.all(trace)) statistics.turnRemoved(turn.thread, turn);
    for (const { thread, spanCount, inputTokens, outputTokens } of totals.all(trace)) {
      statistics.totalsChanged(thread, {
        spanCount: -spanCount,
        inputTokens: -inputTokens,
        outputTokens: -outputTokens,
      });
    }
    for (const statement of removals) statement.run(trace);
  };
}
