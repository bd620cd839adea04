import { removalInTrace, type TraceMember } from "../../../../model/threads/removal.ts";
import type { ThreadKey } from "../../../../model/traces/node.ts";
import type { Span } from "../../../../model/traces/span.ts";
import type { Database } from "../../connection/database.ts";
import { createTraceTakeOut, type TraceRow } from "./take-out-trace.ts";
import { createThreadStatistics } from "./thread-statistics.ts";

/**
 * Makes the function that takes out the traces in which a thread has spans, whole, with their turns and messages and
 * the feedback on what was the thread's, and brings the statistics of the threads in them up to date. Returns the spans
 * that were not the thread's, for them to be written anew. Takes no more traces than some of its spans are in.
 */
export function createTraceRemoval(
  db: Database,
): (thread: { id: number; project: number }, spans: number) => Span[] {
  const statistics = createThreadStatistics(db);
  const takeOut = createTraceTakeOut(db);
  const tracesOf = db.prepare<[ThreadKey, number], TraceRow>(
    `SELECT trace.id, project_id AS projectId, trace_id AS traceId
     FROM (SELECT DISTINCT trace FROM (SELECT trace FROM span WHERE thread = ? LIMIT ?)) AS used JOIN trace ON trace.id = used.trace
       JOIN project ON project.id = trace.project`,
  );
  const members = db.prepare<[number], TraceMember<ThreadKey>>(
    "SELECT span_id AS spanId, thread FROM span INDEXED BY span_by_key WHERE trace = ?",
  );
  const feedback = `SELECT id FROM feedback
    WHERE project = $project AND target_kind IN ('span', 'call')
      AND target_id IN (SELECT value FROM json_each($spanIds))
    UNION ALL SELECT id FROM feedback
    WHERE project = $project AND target_kind = 'turn' AND target_id = $turnId`;
  const ofFeedback = [
    `DELETE FROM feedback_body WHERE feedback IN (${feedback})`,
    `DELETE FROM feedback WHERE id IN (${feedback})`,
  ].map((sql) => db.prepare(sql));

  return ({ id: thread, project }, spans) => {
    const others: Span[] = [];
    try {
      for (const trace of tracesOf.all(thread, spans)) {
        const { spanIds, withTurnFeedback } = removalInTrace(members.all(trace.id), thread);
        const turnId = withTurnFeedback ? trace.traceId : null;
        for (const statement of ofFeedback) {
          statement.run({ project, spanIds: JSON.stringify(spanIds), turnId });
        }
        others.push(...takeOut(trace, thread, statistics));
      }
      statistics.flush();
    } finally {
      statistics.discard();
    }
    return others;
  };
}
