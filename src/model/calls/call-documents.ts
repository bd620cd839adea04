import { truncateToMilliseconds } from "../base/instant.ts";
import { memberTexts } from "../json/members.ts";
import { printMemberTexts } from "../json/print.ts";
import { opShortName, type StoredCall } from "./call.ts";

/** What of a call stands in its documents. */
export const CALL_DOCUMENTS = [
  "attributes",
  "inputs",
  "exception",
  "output",
  "summary",
  "wb_run_step",
  "wb_run_step_end",
] as const;

export type CallDocument = (typeof CALL_DOCUMENTS)[number];

/**
 * The documents of a call as readers see them, each as JSON text: what came is as it came. A half of the call is stepped
 * over once, when something in it is first asked for.
 */
export function callDocuments(call: StoredCall): Record<CallDocument, () => string> {
  let startMembers: Map<string, string> | null = null;
  let endMembers: Map<string, string> | null = null;
  const start = () => (startMembers ??= memberTexts(call.start ?? "{}"));
  const end = () => (endMembers ??= memberTexts(call.end ?? "{}"));
  return {
    attributes: () => start().get("attributes") ?? "{}",
    inputs: () => start().get("inputs") ?? "{}",
    exception: () => end().get("exception") ?? "null",
    output: () => end().get("output") ?? "null",
    summary: () => summaryOf(call, end()),
    wb_run_step: () => start().get("wb_run_step") ?? "null",
    wb_run_step_end: () => end().get("wb_run_step_end") ?? "null",
  };
}

/** The client's summary; `weave` in it has what is worked out here, beside what else came there. */
function summaryOf(call: StoredCall, end: Map<string, string>): string {
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
