import type { Instant } from "../../../src/model/base/instant.ts";
import type { Span } from "../../../src/model/traces/span.ts";
import { compareText, least } from "./order.ts";
import { type Trace, threadOf } from "./trace.ts";

/** One turn of a thread in a trace. */
export interface Turn {
  id: string;
  startedAt: Instant;
  endedAt: Instant | null;
  failed: boolean;
  /** The span that is the turn; null where several are. */
  own: Span | null;
}

/** What one thread has in one trace. */
export interface ThreadPart {
  /** The spans that belong to the thread, each with the turn it is in. */
  spans: { span: Span; turnId: string | null }[];
  turns: Turn[];
}

/** Each thread that spans of the trace belong to, with its part of the trace. */
export function threadParts(trace: Trace): Map<string, ThreadPart> {
  const parts = new Map<string, ThreadPart>();
  for (const threadId of new Set(trace.spans.map((span) => threadOf(trace, span)))) {
    if (threadId !== null) parts.set(threadId, threadPart(trace, threadId));
  }
  return parts;
}

function threadPart(trace: Trace, threadId: string): ThreadPart {
  const belonging = trace.spans.filter((span) => threadOf(trace, span) === threadId);
  const members = new Set(belonging);
  const topmost = belonging.filter(
    (span) => !trace.ancestorsInThreads(span).some((above) => members.has(above)),
  );

  const declared = belonging.filter((span) => span.isTurn === true);
  if (declared.length > 0) return spanTurns(trace, belonging, declared);

  const candidates = topmost.filter((span) => span.isTurn !== false);
  if (candidates.length <= 1) return spanTurns(trace, belonging, candidates);

  const agents = candidates.filter((span) => span.agentLevel);
  if (agents.length > 0) return spanTurns(trace, belonging, agents);

  return sharedTurn(belonging, candidates);
}

/** Each of `heads` is a turn; a span is in the nearest of them at or above it. */
function spanTurns(trace: Trace, belonging: Span[], heads: Span[]): ThreadPart {
  const isHead = new Set(heads);
  const turnId = (span: Span) =>
    [span, ...trace.ancestorsInThreads(span)].find((above) => isHead.has(above))?.spanId ?? null;
  return {
    spans: belonging.map((span) => ({ span, turnId: turnId(span) })),
    turns: heads.map((own) => {
      const { spanId, startedAt, endedAt, status } = own;
      return { id: spanId, startedAt, endedAt, failed: status === "ERROR", own };
    }),
  };
}

/** All of `steps` are one turn, and every span that belongs is in it, also one that says it is no turn itself. */
function sharedTurn(belonging: Span[], steps: Span[]): ThreadPart {
  const first = least(steps, (a, b) => a.startedAt - b.startedAt || compareText(a.spanId, b.spanId));
  const ends = steps.map((span) => span.endedAt);
  const turn = {
    id: first.spanId,
    startedAt: first.startedAt,
    endedAt: ends.includes(null) ? null : Math.max(...ends.map(Number)),
    failed: steps.some(({ status }) => status === "ERROR"),
    own: null,
  };
  return { spans: belonging.map((span) => ({ span, turnId: turn.id })), turns: [turn] };
}
