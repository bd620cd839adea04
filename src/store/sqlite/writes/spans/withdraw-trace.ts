import type { ThreadKey } from "../../../../model/traces/node.ts";
import { type CountedNode, totalsTaken } from "../../../../model/traces/totals.ts";
import type { Database } from "../../connection/database.ts";
import type { ThreadStatistics } from "./thread-statistics.ts";

interface TurnRow {
  id: number;
  thread: ThreadKey;
  durationMs: number | null;
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
  const spans = db.prepare<[number], CountedNode>(
    `SELECT thread, usage_below AS usageBelow, coalesce(input_tokens, 0) AS inputTokens,
       coalesce(output_tokens, 0) AS outputTokens
     FROM span INDEXED BY span_by_key WHERE trace = ?`,
  );
  const removals = [
    "DELETE FROM turn WHERE id IN (SELECT turn FROM span INDEXED BY span_by_key WHERE trace = ?)",
    "DELETE FROM part WHERE trace = ?",
  ].map((sql) => db.prepare<[number]>(sql));

  return (trace, statistics) => {
    for (const turn of turns.all(trace)) statistics.turnRemoved(turn.thread, turn);
    for (const [thread, taken] of totalsTaken(spans.all(trace))) statistics.totalsChanged(thread, taken);
    for (const statement of removals) statement.run(trace);
  };
}
