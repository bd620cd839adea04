import type { Span } from "./span.ts";

/** What decides between two versions of one span. */
export type SpanVersion = Pick<
  Span,
  "startedAt" | "startedAtNanos" | "endedAt" | "endedAtNanos" | "payload" | "origin"
>;

/**
 * Orders two versions of one span; the greater is the one to keep, in whatever order they come: ended beats running,
 * then the later end, then the later start, then the greater bytes.
 */
export function compareVersions(a: SpanVersion, b: SpanVersion): number {
  if (a.endedAt === null || b.endedAt === null) {
    if (a.endedAt !== b.endedAt) return a.endedAt === null ? -1 : 1;
  } else if (a.endedAt !== b.endedAt) {
    return a.endedAt - b.endedAt;
  } else if (a.endedAtNanos !== b.endedAtNanos) {
    return a.endedAtNanos - b.endedAtNanos;
  }
  return (
    a.startedAt - b.startedAt ||
    a.startedAtNanos - b.startedAtNanos ||
    Buffer.compare(a.payload, b.payload) ||
    Buffer.compare(a.origin, b.origin)
  );
}
