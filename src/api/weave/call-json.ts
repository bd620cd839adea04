import { opShortName, type StoredCall } from "../../model/call.ts";
import { formatInstant, truncateToMilliseconds } from "../../model/instant.ts";
import { printMemberTexts } from "../../model/json/print.ts";
import { memberTexts } from "../../model/json.ts";

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

/** The columns that stand in the documents of a call. */
export const DOCUMENT_COLUMNS = [
  "attributes",
  "inputs",
  "exception",
  "output",
  "summary",
  "wb_run_step",
  "wb_run_step_end",
];

/** The columns to print: those asked for, whole where a place inside is named, and those that are always there. */
export function callColumns(asked: string[] | null): ReadonlySet<string> {
  if (asked === null || asked.length === 0) return new Set(COLUMNS);
  return new Set([...REQUIRED, ...asked.map((path) => path.split(".", 1)[0]!)]);
}

/** A call as Weave prints it; what came in its documents is as it came. */
export function callJson(call: StoredCall, projectId: string, columns: ReadonlySet<string>): string {
  const start = memberTexts(call.start ?? "{}");
  const end = memberTexts(call.end ?? "{}");
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
    attributes: () => start.get("attributes") ?? "{}",
    inputs: () => start.get("inputs") ?? "{}",
    ended_at: () => (call.endedAt === null ? "null" : `"${formatInstant(call.endedAt)}"`),
    exception: () => end.get("exception") ?? "null",
    output: () => end.get("output") ?? "null",
    summary: () => summaryJson(call, end),
    wb_user_id: () => JSON.stringify(call.userId),
    wb_run_id: () => JSON.stringify(call.runId),
    wb_run_step: () => start.get("wb_run_step") ?? "null",
    wb_run_step_end: () => end.get("wb_run_step_end") ?? "null",
    deleted_at: () => "null",
  };
  const shown = COLUMNS.filter((column) => columns.has(column));
  return printMemberTexts(shown.map((column): [string, string] => [column, values[column]!()]));
}

/** The client's summary; `weave` in it has what is worked out here, beside what else came there. */
function summaryJson(call: StoredCall, end: Map<string, string>): string {
  const summary = membersOf(end.get("summary"));
  const weave = membersOf(summary.get("weave"));
  for (const worked of ["status", "trace_name", "latency_ms", "display_name"]) weave.delete(worked);
  weave.set("status", `"${statusOf(call, end, summary)}"`);
  weave.set("trace_name", JSON.stringify(opShortName(call.opName)));
  if (call.endedAt !== null) {
    weave.set(
      "latency_ms",
      String(truncateToMilliseconds(call.endedAt) - truncateToMilliseconds(call.startedAt)),
    );
  }
  if (call.displayName !== null) weave.set("display_name", JSON.stringify(call.displayName));
  summary.set("weave", printMemberTexts(weave));
  return printMemberTexts(summary);
}

function statusOf(call: StoredCall, end: Map<string, string>, summary: Map<string, string>): string {
  if (!["null", '""'].includes(end.get("exception") ?? "null")) return "error";
  if (call.endedAt === null) return "running";
  const failed = Number(membersOf(summary.get("status_counts")).get("error") ?? 0);
  return failed > 0 ? "descendant_error" : "success";
}

/** The members of a value that should be an object; none if it is another. */
function membersOf(text: string | undefined): Map<string, string> {
  return text?.startsWith("{") ? memberTexts(text) : new Map();
}
