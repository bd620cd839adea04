import type { Span } from "../../../src/model/traces/span.ts";
import { countedSpans, traceOf } from "./trace.ts";
import { type ThreadPart, type Turn, threadParts } from "./turns.ts";

/** A thread with what all traces of its project hold of it. */
export interface NaiveThread extends ThreadPart {
  threadId: string;
  turns: NaiveTurn[];
  /** Those of its spans whose tokens count. */
  countedSpans: Span[];
}

/** A turn with the spans that are in it. */
export interface NaiveTurn extends Turn {
  traceId: string;
  spans: Span[];
}

/** All threads of a project, from every version of every span that was ever written to it. */
export function threadsOf(projectId: string, versions: Span[]): Map<string, NaiveThread> {
  const spans = winners(versions.filter((span) => span.projectId === projectId));
  const traces = [...Map.groupBy(spans, (span) => span.traceId).values()].map(traceOf);
  const parts = traces.flatMap((trace) => {
    const counted = countedSpans(trace);
    return [...threadParts(trace)].map(([threadId, part]) => ({ threadId, part, counted }));
  });
  const threads = [...Map.groupBy(parts, ({ threadId }) => threadId)].map(([threadId, ofThread]) => ({
    threadId,
    spans: ofThread.flatMap(({ part }) => part.spans),
    turns: ofThread.flatMap(({ part }) => part.turns.map((turn) => withSpans(turn, part))),
    countedSpans: ofThread.flatMap(({ part, counted }) =>
      part.spans.map(({ span }) => span).filter((span) => counted.has(span)),
    ),
  }));
  return new Map(threads.map((thread) => [thread.threadId, thread]));
}

function withSpans(turn: Turn, part: ThreadPart): NaiveTurn {
  const spans = part.spans.filter(({ turnId }) => turnId === turn.id).map(({ span }) => span);
  return { ...turn, traceId: part.spans[0]!.span.traceId, spans };
}

/** Of each span the version that wins. */
export function winners(versions: Span[]): Span[] {
  const identity = ({ traceId, spanId }: Span) => JSON.stringify([traceId, spanId]);
  return [...Map.groupBy(versions, identity).values()].map((same) => same.toSorted(compareVersions).at(-1)!);
}

/** Ended is later than running; then the end, the start, and last the bytes decide. */
function compareVersions(a: Span, b: Span): number {
  const keys = ({ startedAt, startedAtNanos, endedAt, endedAtNanos }: Span) =>
    endedAt === null
      ? [0, 0, 0, startedAt, startedAtNanos]
      : [1, endedAt, endedAtNanos, startedAt, startedAtNanos];
  const [ofA, ofB] = [keys(a), keys(b)];
  const different = ofA.findIndex((key, index) => key !== ofB[index]);
  if (different !== -1) return ofA[different]! - ofB[different]!;
  return Buffer.compare(a.payload, b.payload) || Buffer.compare(a.origin, b.origin);
}
