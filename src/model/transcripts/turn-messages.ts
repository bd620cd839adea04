import type { ThreadTurn } from "../threads/turn.ts";
import type { Span, SpanMessage } from "../traces/span.ts";
import type { Message } from "./message.ts";

/** The two sides of a turn, in the order of the transcript. */
export const TURN_SIDES = ["user", "assistant"] as const;

/** A side of a turn as a message. */
export function turnMessage(
  turn: Omit<ThreadTurn, "name" | "failed" | "spanCount" | "inputTokens" | "outputTokens">,
  { role, text, json }: SpanMessage,
  answering: Pick<Span, "startedAt" | "endedAt" | "inputTokens" | "outputTokens"> | null,
): Message {
  const { turnId, traceId, startedAt, endedAt, durationMs, agent, model } = turn;
  const said = { messageId: `${traceId}/${turnId}/${role}`, role, text, json };
  if (role === "user" || answering === null) {
    const none = { agent: null, model: null, inputTokens: null, outputTokens: null, responseTimeMs: null };
    return { ...said, createdAt: startedAt, ...none };
  }
  return {
    ...said,
    createdAt: endedAt ?? answering.endedAt ?? answering.startedAt,
    agent,
    model,
    inputTokens: answering.inputTokens,
    outputTokens: answering.outputTokens,
    responseTimeMs: durationMs,
  };
}
