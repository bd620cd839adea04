import { type CallChange, keyOfChange } from "../../../../model/calls/call.ts";
import { updateCall } from "../../../../model/calls/call-update.ts";
import type { Span } from "../../../../model/traces/span.ts";
import type { Database } from "../../connection/database.ts";
import { type CallRow, createCallRows } from "../../tables/call-rows.ts";
import { CALLS_BELOW } from "../../tables/calls-below.ts";
import { createProjectRows } from "../../tables/row-ids.ts";
import { createTraceTakeOut, type TraceRow } from "../spans/take-out-trace.ts";
import { createThreadStatistics } from "../spans/thread-statistics.ts";

/** Makes the functions that write calls inside the caller's transaction; what each does, `CallWriter` says. */
export function createCallWrites(db: Database, writeSpans: (spans: Span[]) => void) {
  const projectOf = createProjectRows(db);
  const rows = createCallRows(db);
  const takeOut = createTraceTakeOut(db);
  const statistics = createThreadStatistics(db);
  const findTrace = db.prepare<[number, string], TraceRow>(
    `SELECT trace.id, project_id AS projectId, trace_id AS traceId
     FROM trace JOIN project ON project.id = trace.project WHERE trace.project = ? AND trace_id = ?`,
  );
  const withDescendants = db.prepare<
    { callIds: string; project: number; below: 1 },
    { id: number; callId: string; traceId: string }
  >(
    `${CALLS_BELOW} SELECT call.id, call.call_id AS callId, call.trace_id AS traceId
     FROM below JOIN call ON call.project = $project AND call.call_id = below.call_id
     WHERE call.started_at IS NOT NULL ORDER BY call.id`,
  );
  const feedback = "SELECT id FROM feedback WHERE project = ? AND target_kind = 'call' AND target_id = ?";
  const removeFeedback = [
    `DELETE FROM feedback_body WHERE feedback IN (${feedback})`,
    `DELETE FROM feedback WHERE id IN (${feedback})`,
  ].map((sql) => db.prepare<[number, string]>(sql));
  const removeCall = [
    "DELETE FROM call_ref WHERE call = ?",
    "DELETE FROM call_body WHERE call = ?",
    "DELETE FROM call WHERE id = ?",
  ].map((sql) => db.prepare<[number]>(sql));

  /** Takes the spans of calls out of their traces; all else that is in these stays. */
  function removeSpans(project: number, calls: { callId: string; traceId: string }[]): void {
    const staying: Span[] = [];
    try {
      for (const [traceId, gone] of Map.groupBy(calls, (call) => call.traceId)) {
        const trace = findTrace.get(project, traceId);
        const ids = new Set(gone.map(({ callId }) => callId));
        const spans = trace ? takeOut(trace, null, statistics) : [];
        staying.push(...spans.filter(({ spanId }) => !ids.has(spanId)));
      }
      statistics.flush();
    } finally {
      statistics.discard();
    }
    if (staying.length > 0) writeSpans(staying);
  }

  /** Writes what is known of one call after its changes; returns its span. */
  function writeCall(project: number, row: CallRow | null, changes: CallChange[]): Span | null {
    const key = keyOfChange(changes[0]!);
    const { parts, came, span, leaves } = updateCall(row?.parts ?? null, changes);
    rows.write(project, key, row, parts, came);
    if (leaves !== null) removeSpans(project, [{ ...key, traceId: leaves }]);
    return span;
  }

  /** Writes calls of one project; returns their spans. */
  function writeProject(projectId: string, changes: CallChange[]): Span[] {
    const project = projectOf(projectId);
    const byCall = Map.groupBy(changes, (change) => keyOfChange(change).callId);
    const known = rows.find(project, projectId, [...byCall.keys()]);
    return [...byCall].flatMap(
      ([callId, ofCall]) => writeCall(project, known.get(callId) ?? null, ofCall) ?? [],
    );
  }

  return {
    writeCalls(changes: CallChange[]): void {
      const byProject = Map.groupBy(changes, (change) => keyOfChange(change).projectId);
      writeSpans([...byProject].flatMap(([projectId, ofProject]) => writeProject(projectId, ofProject)));
    },

    deleteCalls({ projectId, callIds }: { projectId: string; callIds: string[] }): string[] {
      const project = projectOf(projectId);
      const doomed = withDescendants.all({ callIds: JSON.stringify(callIds), project, below: 1 });
      for (const { id, callId } of doomed) {
        for (const statement of removeFeedback) statement.run(project, callId);
        for (const statement of removeCall) statement.run(id);
      }
      removeSpans(project, doomed);
      return doomed.map(({ callId }) => callId);
    },
  };
}
