import type { CallKey } from "../../../../model/calls/call.ts";
import type { EntryOf, TransferEntry } from "../../../../model/transfer.ts";
import type { TransferBatch } from "../../../roles/transfer.ts";
import { batchesOf } from "../../../shared/batches.ts";
import { entrySize } from "../../../shared/entry-size.ts";
import { type Database, findProject, prepared } from "../../connection/database.ts";
import { createCallRows } from "../../tables/call-rows.ts";
import { createFeedbackRead } from "../../tables/feedback-rows.ts";
import { createStoredSpan } from "../../tables/stored-spans.ts";
import { APPENDED } from "../../tables/transcript-rows.ts";
import { defineRead, never } from "../define-read.ts";
import { exportContent } from "./export-content.ts";
import { exportThreads } from "./export-threads.ts";
import { rowsByKey } from "./key-order.ts";

/** All that a project holds. */
export const exportRead = defineRead({ name: "export", fitsMainThread: never, pages: exportPages });

/** Yields all that a project holds, in the order that `exportProject` says. All reads are of one snapshot. */
export function* exportPages(db: Database, projectId: string): Generator<TransferBatch> {
  const project = findProject(db, projectId);
  if (project === null) {
    yield { entries: [], total: 0 };
    return;
  }
  const total = countEntries(db, project);
  if (total === 0) yield { entries: [], total };
  for (const entries of batchesOf(allEntries(db, project), entrySize)) yield { entries, total };
}

function* allEntries(db: Database, project: number): Generator<TransferEntry> {
  yield* exportSpans(db, project);
  yield* exportCalls(db, project);
  yield* exportFeedback(db, project);
  yield* exportThreads(db, project);
  yield* exportContent(db, project);
}

function* exportSpans(db: Database, project: number): Generator<EntryOf<"span">> {
  const spanAt = createStoredSpan(db);
  for (const trace of rowsByKey(db, { table: "trace", owner: "project", key: "trace_id" }, project)) {
    const table = { table: "span", owner: "trace", key: "span_id", where: "is_call = 0" };
    for (const { id } of rowsByKey(db, table, trace.id)) {
      const {
        projectId: _,
        agentLevel: _isAgent,
        ...span
      } = spanAt(id, { projectId: "", traceId: trace.key });
      yield { kind: "span", ...span };
    }
  }
}

function* exportCalls(db: Database, project: number): Generator<EntryOf<"call">> {
  const calls = createCallRows(db);
  for (const { key: callId } of rowsByKey(db, { table: "call", owner: "project", key: "call_id" }, project)) {
    const { parts, documents } = calls.find(project, "", [callId]).get(callId)!;
    const start = parts.start && wholeHalf(parts.start, documents().start!);
    const end = parts.end && wholeHalf(parts.end, documents().end!);
    yield { kind: "call", callId, start, end, givenName: parts.givenName };
  }
}

/** A half of a call with its document, without what says which call it is of. */
function wholeHalf<Half extends CallKey>(half: Half, json: string) {
  const { projectId: _project, callId: _call, ...rest } = half;
  return { ...rest, json };
}

function* exportFeedback(db: Database, project: number): Generator<EntryOf<"feedback">> {
  const feedbackAt = createFeedbackRead(db);
  const table = { table: "feedback", owner: "project", key: "feedback_id" };
  for (const { id } of rowsByKey(db, table, project)) yield { kind: "feedback", ...feedbackAt(id) };
}

/** Files and tables of many stretches count as one. */
function countEntries(db: Database, project: number): number {
  const counts = [
    "SELECT total(span_count) AS entries FROM trace WHERE project = $project",
    "SELECT count(*) FROM call WHERE project = $project AND started_at IS NULL",
    "SELECT count(*) FROM feedback WHERE project = $project",
    "SELECT count(*) FROM thread WHERE project = $project AND made_at IS NOT NULL",
    `SELECT total(messages) FROM thread JOIN transcript ON transcript.thread = thread.id
     WHERE thread.project = $project AND source = ${APPENDED}`,
    "SELECT count(*) FROM thread JOIN checkpoint ON checkpoint.thread = thread.id WHERE thread.project = $project",
    ...["document", "object_version", "removed_object", "data_table", "file"].map(
      (table) => `SELECT count(*) FROM ${table} WHERE project = $project`,
    ),
  ];
  const sql = `SELECT sum(entries) AS total FROM (${counts.join(" UNION ALL ")})`;
  return prepared<{ total: number }>(db, sql).get({ project })!.total;
}
