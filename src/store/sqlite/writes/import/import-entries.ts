import type { CallChange, CallParts } from "../../../../model/calls/call.ts";
import type { Feedback } from "../../../../model/feedback/feedback.ts";
import type { Span } from "../../../../model/traces/span.ts";
import { type EntryOf, entriesByKind, type TransferEntry } from "../../../../model/transfer.ts";
import { AlreadyExistsError } from "../../../errors.ts";
import { wasAgentLevel } from "../../../shared/older-spans.ts";
import type { Database } from "../../connection/database.ts";
import { createCallRows } from "../../tables/call-rows.ts";
import { createProjectRows } from "../../tables/row-ids.ts";
import type { createContentWrites } from "../content/content-writes.ts";
import { createContentImport } from "./import-content.ts";
import { createThreadImport } from "./import-threads.ts";

/** The writes of other doors that an import uses. */
interface Writes extends ReturnType<typeof createContentWrites> {
  writeSpans(spans: Span[]): void;
  writeCalls(changes: CallChange[]): void;
  createFeedback(feedback: Feedback): void;
}

/** Makes the function that stores entries inside the caller's transaction; what it does, `importEntries` says. */
export function createEntryImport(
  db: Database,
  writes: Writes,
): (given: { projectId: string; entries: TransferEntry[] }) => void {
  const projectOf = createProjectRows(db);
  const calls = createCallRows(db);
  const importThreads = createThreadImport(db);
  const importContent = createContentImport(db, writes);

  function importFeedback(feedback: Feedback): void {
    try {
      writes.createFeedback(feedback);
    } catch (error) {
      if (!(error instanceof AlreadyExistsError)) throw error;
    }
  }

  return ({ projectId, entries }) => {
    if (entries.length === 0) return;
    const project = projectOf(projectId);
    const of = entriesByKind(entries);
    writes.writeSpans(of.span?.map((span) => toSpan(projectId, span)) ?? []);
    const given = of.call ?? [];
    const known = calls.find(
      project,
      projectId,
      given.map(({ callId }) => callId),
    );
    writes.writeCalls(given.flatMap((call) => missingHalves(projectId, call, known.get(call.callId)?.parts)));
    for (const { kind: _, ...feedback } of of.feedback ?? []) importFeedback({ ...feedback, projectId });
    importThreads(project, of);
    importContent(projectId, of);
  };
}

function toSpan(projectId: string, { kind: _, ...span }: EntryOf<"span">): Span {
  return { ...span, projectId, agentLevel: wasAgentLevel(span.operationName) };
}

/** What an entry has of a call that is not stored. */
function missingHalves(
  projectId: string,
  { callId, start, end, givenName }: EntryOf<"call">,
  stored: CallParts | undefined,
): CallChange[] {
  const key = { projectId, callId };
  const changes: CallChange[] = [];
  if (start && !stored?.start) changes.push({ kind: "start", start: { ...key, ...start } });
  if (end && !stored?.end) changes.push({ kind: "end", end: { ...key, ...end } });
  if (givenName !== null && (stored?.givenName ?? null) === null) {
    changes.push({ kind: "rename", displayName: givenName, ...key });
  }
  return changes;
}
