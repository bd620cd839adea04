import type { Span } from "./span.ts";

/** What decides between two versions of one span. */
export type SpanVersion = Pick<
  Span,
  "startedAt" | "startedAtNanos" | "endedAt" | "endedAtNanos" | "payload" | "origin"
>;

/**
 * Compares two versions of one span: positive when `a` wins over `b`, negative when `b` wins, 0 when they are the same.
 * Ended beats running, then the later end wins, then the later start, then the greater `payload`, then the greater
 * `origin` (byte by byte; of two where one begins the other, the longer). The order is total, so the version that wins
 * does not depend on the order of arrival.
 */
export function compareVersions(a: SpanVersion, b: SpanVersion): number {
  return (
    compareEnds(a, b) ||
    a.startedAt - b.startedAt ||
    a.startedAtNanos - b.startedAtNanos ||
    Buffer.compare(a.payload, b.payload) ||
    Buffer.compare(a.origin, b.origin)
  );
}

function compareEnds(a: SpanVersion, b: SpanVersion): number {
  if (a.endedAt === null || b.endedAt === null)
    return Number(a.endedAt !== null) - Number(b.endedAt !== null);
  return a.endedAt - b.endedAt || a.endedAtNanos - b.endedAtNanos;
}
