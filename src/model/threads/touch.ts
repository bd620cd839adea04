import type { Span } from "../traces/span.ts";

/** What a write touches of a project: the threads of these ids, and those with spans in these traces. */
export interface Touched {
  threadIds: string[];
  traceIds: string[];
}

/*
 * A write that touches threads whose time is up (`isGone`) removes these first: what it brings belongs to new ones.
 * Which it touches is asked anew after each that goes, for what one held may then belong to another.
 */

/** What spans touch of each project: the threads they claim, and all in their traces. */
export function touchedBySpans(spans: Iterable<Span>): Map<string, Touched> {
  const touched = new Map<string, Touched>();
  for (const [projectId, ofProject] of Map.groupBy(spans, (span) => span.projectId)) {
    const threadIds = new Set(ofProject.flatMap(({ threadClaim }) => threadClaim?.threadId ?? []));
    const traceIds = new Set(ofProject.map(({ traceId }) => traceId));
    touched.set(projectId, { threadIds: [...threadIds], traceIds: [...traceIds] });
  }
  return touched;
}

/** What feedback touches: the conversation it is on. */
export function touchedByFeedback(target: { kind: string; id: string }): Touched {
  return { threadIds: target.kind === "conversation" ? [target.id] : [], traceIds: [] };
}
