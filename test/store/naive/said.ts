import type { Span, SpanMessage } from "../../../src/model/traces/span.ts";
import { compareText } from "./order.ts";

/** The two sides of a turn, each where it has one, and the span that answers. */
export interface Said {
  question: SpanMessage | null;
  answer: SpanMessage | null;
  answering: Span | null;
}

/**
 * What is said in a turn. The span that is the turn says it, if it says anything: its last question and its last answer.
 * Else, as where several spans are the turn, the first question of the earliest span that asks, and the last answer of
 * the latest that answers.
 */
export function saidBy(own: Span | null, spans: Span[]): Said {
  if (own !== null && own.messages.length > 0) {
    const answer = answersOf(own).at(-1) ?? null;
    return { question: questionsOf(own).at(-1) ?? null, answer, answering: answer && own };
  }
  const inOrder = spans.toSorted(compareSpans);
  const answering = inOrder.findLast((span) => answersOf(span).length > 0) ?? null;
  return {
    question: inOrder.flatMap(questionsOf)[0] ?? null,
    answer: inOrder.flatMap(answersOf).at(-1) ?? null,
    answering,
  };
}

/** The agent or model of a turn: that of its own span, else that of the latest span in it that names one. */
export function namedIn(own: Span | null, spans: Span[], field: "agentName" | "model"): string | null {
  return (
    own?.[field] ??
    spans
      .toSorted(compareSpans)
      .flatMap((span) => span[field] ?? [])
      .at(-1) ??
    null
  );
}

function questionsOf({ messages }: Span): SpanMessage[] {
  return messages.filter(({ role }) => role === "user");
}

function answersOf({ messages }: Span): SpanMessage[] {
  return messages.filter(({ role }) => role === "assistant");
}

function compareSpans(a: Span, b: Span): number {
  return a.startedAt - b.startedAt || compareText(a.spanId, b.spanId);
}
