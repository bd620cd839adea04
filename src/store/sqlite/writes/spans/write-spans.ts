import { hash } from "node:crypto";
import { TRACE_RULES } from "../../../../model/base/rules-version.ts";
import type { SpanFacts } from "../../../../model/traces/node.ts";
import type { Span } from "../../../../model/traces/span.ts";
import { compareVersions } from "../../../../model/traces/span-version.ts";
import { tellingOf } from "../../../../model/traces/telling.ts";
import { isAgentLevel } from "../../../../model/traces/turn-rules.ts";
import { updateTrace } from "../../../../model/traces/update.ts";
import type { Database } from "../../connection/database.ts";
import { createKeys } from "../../tables/row-ids.ts";
import { createSpanRows } from "../../tables/span-rows.ts";
import { createTraceReads } from "../../tables/trace-rows.ts";
import { createTraceDerivation } from "../derive/derive-trace.ts";
import { createThreadStatistics } from "./thread-statistics.ts";
import { createTurnRows } from "./turn-rows.ts";

/**
 * Makes the function that stores spans inside the caller's transaction, with everything that follows from them: the
 * places of the spans of their traces, turns, and the statistics of threads. A span whose stored version is as great
 * changes nothing; a call changes what is stored whatever it is, and yields to another call only.
 */
export function createSpanWrites(db: Database): (spans: Span[]) => void {
  const keys = createKeys(db);
  const traceReads = createTraceReads(db);
  const spanRows = createSpanRows(db);
  const turnRows = createTurnRows(db);
  const statistics = createThreadStatistics(db);
  const derive = createTraceDerivation(db, { spanRows, turnRows, statistics });

  function writeTrace(projectId: string, traceId: string, versions: Span[]): void {
    const project = keys.project(projectId);
    const trace = keys.trace(project, traceId);
    const rows = traceReads(trace, versions.length);
    const winners = trace.spanCount === 0 ? versions : versions.filter((span) => wins(trace.id, span));
    if (winners.length === 0) return;
    // What other rules made and what these make must not be mixed in one trace.
    if (trace.rules !== TRACE_RULES) derive(trace);

    const facts = winners.map((span) => toFacts(span, (threadId) => keys.thread(project, threadId)));
    const update = updateTrace(rows, rows.part, facts);
    turnRows.write(trace.id, update, rows, statistics);
    const incoming = new Map(winners.map((span, index) => [span.spanId, { span, facts: facts[index]! }]));
    const added = spanRows.write(trace, update.spans, incoming, rows, originOf);
    statistics.spansOfTurnsChanged(trace.id, update, rows, added);
    for (const [thread, change] of update.totals) statistics.totalsChanged(thread, change);
  }

  /** Whether a span is to replace what is stored of it. */
  function wins(trace: number, span: Span): boolean {
    if (span.call) return true;
    const stored = spanRows.version(trace, span.spanId);
    if (stored === null) return true;
    return !stored.isCall && compareVersions(span, stored) > 0;
  }

  const digests = new WeakMap<Uint8Array, Uint8Array>();
  /** The spans of a batch share the array itself, which is then digested once. */
  function originOf(bytes: Uint8Array): number {
    const digest = digests.get(bytes) ?? hash("sha256", bytes, "buffer");
    digests.set(bytes, digest);
    return keys.origin(bytes, digest);
  }

  return (spans) => {
    try {
      for (const { projectId, traceId, versions } of groupByTrace(spans)) {
        writeTrace(projectId, traceId, versions);
      }
      statistics.flush();
    } finally {
      keys.reset();
      statistics.discard();
    }
  };
}

/** The spans of each trace, of each span only the version that wins. */
function groupByTrace(spans: Span[]): { projectId: string; traceId: string; versions: Span[] }[] {
  const traces = new Map<string, Map<string, Span>>();
  for (const span of spans) {
    const key = JSON.stringify([span.projectId, span.traceId]);
    const bySpan = traces.get(key) ?? new Map<string, Span>();
    traces.set(key, bySpan);
    const other = bySpan.get(span.spanId);
    if (!other || span.call || (!other.call && compareVersions(span, other) > 0))
      bySpan.set(span.spanId, span);
  }
  return [...traces].map(([key, bySpan]) => {
    const [projectId, traceId] = JSON.parse(key) as [string, string];
    return { projectId, traceId, versions: [...bySpan.values()] };
  });
}

function toFacts(span: Span, threadKey: (threadId: string) => number): SpanFacts {
  return {
    spanId: span.spanId,
    parentSpanId: span.parentSpanId,
    claim: span.threadClaim && {
      thread: threadKey(span.threadClaim.threadId),
      rank: span.threadClaim.rank,
    },
    isTurn: span.isTurn,
    inherits: span.call === undefined,
    agentLevel: isAgentLevel(span.operationName),
    startedAt: span.startedAt,
    endedAt: span.endedAt,
    failed: span.status === "ERROR",
    inputTokens: span.inputTokens ?? 0,
    outputTokens: span.outputTokens ?? 0,
    tells: tellingOf(span),
  };
}
