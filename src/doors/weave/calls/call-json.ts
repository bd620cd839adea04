import { formatInstant } from "../../../model/base/instant.ts";
import type { StoredCall } from "../../../model/calls/call.ts";
import { callDocuments } from "../../../model/calls/call-documents.ts";
import { printMemberTexts } from "../../../model/json/print.ts";

/** The columns of a call in the order they are printed, and those that clients cannot do without. */
const COLUMNS = [
  "id",
  "project_id",
  "op_name",
  "display_name",
  "trace_id",
  "parent_id",
  "thread_id",
  "turn_id",
  "started_at",
  "attributes",
  "inputs",
  "ended_at",
  "exception",
  "output",
  "summary",
  "wb_user_id",
  "wb_run_id",
  "wb_run_step",
  "wb_run_step_end",
  "deleted_at",
];
const REQUIRED = ["id", "project_id", "op_name", "trace_id", "started_at"];

/** The columns to print: those asked for, whole where a place inside is named, and those that are always there. */
export function callColumns(asked: string[] | null): ReadonlySet<string> {
  if (asked === null || asked.length === 0) return new Set(COLUMNS);
  return new Set([...REQUIRED, ...asked.map((path) => path.split(".", 1)[0]!)]);
}

/** A call as Weave prints it; what came in its documents is as it came. */
export function callJson(call: StoredCall, projectId: string, columns: ReadonlySet<string>): string {
  const values: Record<string, () => string> = {
    id: () => JSON.stringify(call.callId),
    project_id: () => JSON.stringify(projectId),
    op_name: () => JSON.stringify(call.opName),
    display_name: () => JSON.stringify(call.displayName),
    trace_id: () => JSON.stringify(call.traceId),
    parent_id: () => JSON.stringify(call.parentId),
    thread_id: () => JSON.stringify(call.threadId),
    turn_id: () => JSON.stringify(call.turnId),
    started_at: () => `"${formatInstant(call.startedAt)}"`,
    ended_at: () => (call.endedAt === null ? "null" : `"${formatInstant(call.endedAt)}"`),
    wb_user_id: () => JSON.stringify(call.userId),
    wb_run_id: () => JSON.stringify(call.runId),
    deleted_at: () => "null",
    ...callDocuments(call),
  };
  const shown = COLUMNS.filter((column) => columns.has(column));
  return printMemberTexts(shown.map((column): [string, string] => [column, values[column]!()]));
}
