import type { Span, SpanMessage } from "../../../src/model/traces/span.ts";
import { compareText } from "./order.ts";

/** What was said in a turn, and by whom. */
interface SaidInTurn {
  asked: SpanMessage | null;
  answered: SpanMessage | null;
  /** The spans that these are from. */
  asking: Span | null;
  answering: Span | null;
  agent: string | null;
  model: string | null;
}

/**
 * What the spans of a turn say. What was asked is the last user message of the span that is the turn, and what was
 * answered its assistant message; where it has no messages at all, or the turn is several spans together, the first
 * user message of the earliest span that has one, and the last assistant message of the latest. Spans are in the order
 * of their starts, then of their ids.
 *
 * @param own the span that is the turn; null where several are
 * @param spans all that are in the turn
 */
export function saidInTurn(own: Span | null, spans: Span[]): SaidInTurn {
  const ordered = spans.toSorted((a, b) => a.startedAt - b.startedAt || compareText(a.spanId, b.spanId));
  const name = (field: "agentName" | "model") =>
    own?.[field] ?? ordered.findLast((span) => span[field] !== null)?.[field] ?? null;
  const names = { agent: name("agentName"), model: name("model") };
  const ofRole = (span: Span | null | undefined, role: SpanMessage["role"]) =>
    (span?.messages ?? []).filter((message) => message.role === role);
  if (own && own.messages.length > 0) {
    const asked = ofRole(own, "user").at(-1) ?? null;
    const answered = ofRole(own, "assistant").at(-1) ?? null;
    return { ...names, asked, answered, asking: asked && own, answering: answered && own };
  }
  const asking = ordered.find((span) => ofRole(span, "user").length > 0) ?? null;
  const answering = ordered.findLast((span) => ofRole(span, "assistant").length > 0) ?? null;
  return {
    ...names,
    asked: ofRole(asking, "user")[0] ?? null,
    answered: ofRole(answering, "assistant").at(-1) ?? null,
    asking,
    answering,
  };
}
