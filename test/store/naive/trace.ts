import type { Span } from "../../../src/model/traces/span.ts";
import { compareText, least } from "./order.ts";

/** The spans of one trace and how they hang together. */
export interface Trace {
  spans: Span[];
  /** A span's ancestors, the nearest first; a parent that is not here ends them. */
  ancestors(span: Span): Span[];
  /** Those of them up to the first call that belongs to no thread: what is above it is hidden from what is below. */
  ancestorsInThreads(span: Span): Span[];
}

/** Builds the tree of a trace from the one winning version of each of its spans. */
export function traceOf(spans: Span[]): Trace {
  const byId = new Map(spans.map((span) => [span.spanId, span]));
  const namedParent = (span: Span) => (span.parentSpanId === null ? undefined : byId.get(span.parentSpanId));

  const cut = new Set(spans.filter((span) => isSmallest(span, cycleThrough(span, namedParent))));
  const parent = (span: Span) => (cut.has(span) ? undefined : namedParent(span));

  function ancestors(span: Span): Span[] {
    const above: Span[] = [];
    for (let next = parent(span); next; next = parent(next)) above.push(next);
    return above;
  }

  return {
    spans,
    ancestors,
    ancestorsInThreads(span) {
      const above = ancestors(span);
      const end = above.findIndex((each) => each.call && each.threadClaim === null);
      return end < 0 ? above : above.slice(0, end);
    },
  };
}

/** The spans of the cycle of parents that `span` is part of; empty if it is part of none. */
function cycleThrough(span: Span, namedParent: (span: Span) => Span | undefined): Span[] {
  const path = new Set([span]);
  let next = namedParent(span);
  while (next && !path.has(next)) {
    path.add(next);
    next = namedParent(next);
  }
  return next === span ? [...path] : [];
}

function isSmallest(span: Span, cycle: Span[]): boolean {
  return cycle.length > 0 && least(cycle, (a, b) => compareText(a.spanId, b.spanId)) === span;
}

/**
 * The thread a span belongs to: of the claims on it and its ancestors the one of the lowest rank, at equal rank the
 * nearest. Null if none of them claims one.
 */
export function threadOf(trace: Trace, span: Span): string | null {
  const line = [span, ...trace.ancestors(span)];
  // A call inherits nothing.
  const end = line.findIndex((each) => each.call);
  const claims = (end < 0 ? line : line.slice(0, end + 1)).flatMap(({ threadClaim }) => threadClaim ?? []);
  if (claims.length === 0) return null;
  return least(claims, (a, b) => a.rank - b.rank).threadId;
}

/**
 * The spans whose tokens count: those that have usage (more than 0 of either kind), while no descendant has, in
 * whatever thread.
 */
export function countedSpans(trace: Trace): Set<Span> {
  const using = trace.spans.filter(hasUsage);
  const aboveUsage = new Set(using.flatMap((span) => trace.ancestors(span)));
  return new Set(using.filter((span) => !aboveUsage.has(span)));
}

function hasUsage({ inputTokens, outputTokens }: Span): boolean {
  return (inputTokens ?? 0) > 0 || (outputTokens ?? 0) > 0;
}
