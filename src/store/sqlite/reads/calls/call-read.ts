import type { StoredCall } from "../../../../model/calls/call.ts";
import { type Database, prepared } from "../../connection/database.ts";

/** The calls of some rows, in their order, with their documents or without. */
export function readCalls(db: Database, rows: number[], documents: boolean): StoredCall[] {
  return prepared<StoredCall>(
    db,
    `SELECT call_id AS callId, trace_id AS traceId, parent_id AS parentId, op_name AS opName,
       display_name AS displayName, thread_id AS threadId, turn_id AS turnId, started_at AS startedAt,
       ended_at AS endedAt, user_id AS userId, run_id AS runId,
       ${documents ? `start, "end"` : `NULL AS start, NULL AS "end"`}
     FROM json_each(?) AS wanted CROSS JOIN call ON call.id = wanted.value
       ${documents ? "JOIN call_body ON call_body.call = call.id" : ""}
     ORDER BY wanted.key`,
  ).all(JSON.stringify(rows));
}
