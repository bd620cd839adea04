import type { ThreadSummary } from "../../src/model/threads/thread.ts";
import type { StoredSpan } from "../../src/model/traces/span.ts";
import type { ConversationSpans } from "../../src/store/roles/spans.ts";

/** A thread's row, with what a test says of it. */
export function thread(threadId: string, said: Partial<ThreadSummary> = {}): ThreadSummary {
  return {
    threadId,
    turnCount: 3,
    startTime: 1_787_184_000_000_000,
    lastUpdated: 1_787_184_060_250_000,
    firstTurnId: "turn-1",
    lastTurnId: "turn-3",
    p50TurnDurationMs: 812.5,
    p99TurnDurationMs: 1904.2,
    spanCount: 9,
    inputTokens: 100,
    outputTokens: 20,
    ...said,
  };
}

export function threads(count: number, from = 0): ThreadSummary[] {
  return Array.from({ length: count }, (_, index) => thread(`thread-${from + index}`));
}

export function span(spanId: string, said: Partial<StoredSpan> = {}): StoredSpan {
  return { operationName: "chat", traceId: "trace-1", spanId, status: "OK", durationMs: 12, ...said };
}

export function conversation(position: number, said: Partial<ConversationSpans> = {}): ConversationSpans {
  return { position, conversationId: `c${position}`, spans: [], feedback: [], continues: false, ...said };
}
