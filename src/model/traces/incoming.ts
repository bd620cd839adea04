import type { SpanFacts, ThreadKey } from "./node.ts";
import type { Span } from "./span.ts";
import { compareVersions, type SpanVersion } from "./span-version.ts";
import { speechOf } from "./speech.ts";

/** The spans of a trace that come in at once, one version of each. */
export interface IncomingTrace {
  projectId: string;
  traceId: string;
  versions: Span[];
}

/** What is stored of a span, as far as it decides whether another version takes its place. */
export interface StoredVersion extends SpanVersion {
  isCall: boolean;
}

/** The traces that spans are of, in the order of their first spans; of each span only the version that wins. */
export function incomingTraces(spans: Span[]): IncomingTrace[] {
  const traces = new Map<string, Map<string, Span>>();
  for (const span of spans) {
    const key = JSON.stringify([span.projectId, span.traceId]);
    const bySpan = traces.get(key) ?? new Map<string, Span>();
    traces.set(key, bySpan);
    const other = bySpan.get(span.spanId);
    if (!other || wins(span, other, other.call !== undefined)) bySpan.set(span.spanId, span);
  }
  return [...traces].map(([key, bySpan]) => {
    const [projectId, traceId] = JSON.parse(key) as [string, string];
    return { projectId, traceId, versions: [...bySpan.values()] };
  });
}

/**
 * Whether a span that comes in is to be stored, given what is stored of it: null if nothing is. A call always is, and is
 * not compared; else the answer may cost a read.
 */
export function isWinner(span: Span, storedOf: (spanId: string) => StoredVersion | null): boolean {
  if (span.call !== undefined) return true;
  const stored = storedOf(span.spanId);
  return stored === null || wins(span, stored, stored.isCall);
}

/** A call wins whatever it is, and yields to another call only; of two other versions the greater one wins. */
function wins(span: Span, other: SpanVersion, isCall: boolean): boolean {
  return span.call !== undefined || (!isCall && compareVersions(span, other) > 0);
}

/** What a span says, as far as threads, turns and statistics are concerned. */
export function factsOf(span: Span, threadKey: (threadId: string) => ThreadKey): SpanFacts {
  const { threadClaim } = span;
  return {
    spanId: span.spanId,
    parentSpanId: span.parentSpanId,
    claim: threadClaim && { thread: threadKey(threadClaim.threadId), rank: threadClaim.rank },
    isTurn: span.isTurn,
    inherits: span.call === undefined,
    agentLevel: span.agentLevel,
    startedAt: span.startedAt,
    endedAt: span.endedAt,
    failed: span.status === "ERROR",
    inputTokens: span.inputTokens ?? 0,
    outputTokens: span.outputTokens ?? 0,
    says: speechOf(span),
  };
}
