import type { Span } from "../../model/span.ts";
import type { ThreadKey } from "../../model/trace/node.ts";
import type { Database } from "./database.ts";
import { createStoredSpans } from "./stored-spans.ts";
import { createThreadStatistics } from "./thread-statistics.ts";

interface TraceRow {
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
 * Makes the function that takes out the traces in which a thread has spans, whole, with their turns and messages and
 * the feedback on what was the thread's, and brings the statistics of the other threads in them up to date. Returns
 * the spans that were not the thread's, for them to be written anew. Leaves the thread's own statistics as they are.
 */
export function createTraceRemoval(db: Database): (thread: { id: number; project: number }) => Span[] {
  const statistics = createThreadStatistics(db);
  const storedSpans = createStoredSpans(db);
  const tracesOf = db.prepare<[ThreadKey], TraceRow>(
    `SELECT trace.id, project_id AS projectId, trace_id AS traceId
     FROM (SELECT DISTINCT trace FROM span WHERE thread = ?) AS used JOIN trace ON trace.id = used.trace
       JOIN project ON project.id = trace.project`,
  );
  const otherTurns = db.prepare<[number, ThreadKey], TurnRow>(
    `SELECT DISTINCT turn.id, turn.thread, turn.duration_ms AS durationMs
     FROM span INDEXED BY span_by_key JOIN turn ON turn.id = span.turn WHERE span.trace = ? AND span.thread IS NOT ?`,
  );
  const otherTotals = db.prepare<[number, ThreadKey], TotalsRow>(
    `SELECT thread, count(*) AS spanCount,
       coalesce(sum(input_tokens) FILTER (WHERE usage_below = 0), 0) AS inputTokens,
       coalesce(sum(output_tokens) FILTER (WHERE usage_below = 0), 0) AS outputTokens
     FROM span INDEXED BY span_by_key WHERE trace = ? AND thread IS NOT NULL AND thread IS NOT ? GROUP BY thread`,
  );
  const feedback = `SELECT id FROM feedback
    WHERE project = $project AND target_kind IN ('span', 'call') AND target_id IN
      (SELECT span_id FROM span INDEXED BY span_by_key WHERE trace = $trace AND thread = $thread)
    UNION ALL SELECT id FROM feedback
    WHERE project = $project AND target_kind = 'turn' AND target_id = $traceId AND NOT EXISTS
      (SELECT 1 FROM span INDEXED BY span_by_key WHERE trace = $trace AND thread != $thread)`;
  const ofTrace = [
    "DELETE FROM turn WHERE id IN (SELECT turn FROM span INDEXED BY span_by_key WHERE trace = ?)",
    "DELETE FROM span_message WHERE span IN (SELECT id FROM span INDEXED BY span_by_key WHERE trace = ?)",
    "DELETE FROM span_payload WHERE span IN (SELECT id FROM span INDEXED BY span_by_key WHERE trace = ?)",
    "DELETE FROM span INDEXED BY span_by_key WHERE trace = ?",
    "DELETE FROM part WHERE trace = ?",
    "DELETE FROM trace WHERE id = ?",
  ].map((sql) => db.prepare<[number]>(sql));
  const ofFeedback = [
    `DELETE FROM feedback_body WHERE feedback IN (${feedback})`,
    `DELETE FROM feedback WHERE id IN (${feedback})`,
  ].map((sql) => db.prepare(sql));

  return ({ id: thread, project }) => {
    const others: Span[] = [];
    try {
      for (const trace of tracesOf.all(thread)) {
        others.push(...storedSpans(trace, thread));
        for (const turn of otherTurns.all(trace.id, thread)) statistics.turnRemoved(turn.thread, turn);
        for (const { thread: other, spanCount, inputTokens, outputTokens } of otherTotals.all(
          trace.id,
          thread,
        )) {
          const change = {
            spanCount: -spanCount,
            inputTokens: -inputTokens,
            outputTokens: -outputTokens,
          };
          statistics.totalsChanged(other, change);
        }
        for (const statement of ofFeedback)
          statement.run({ project, thread, trace: trace.id, traceId: trace.traceId });
        for (const statement of ofTrace) statement.run(trace.id);
      }
      statistics.flush();
    } finally {
      statistics.discard();
    }
    return others;
  };
}
