import type { Span, SpanMessage } from "./span.ts";

/** What a span can say of the turn it is in, a bit each. */
export const HAS_QUESTION = 1;
export const HAS_ANSWER = 2;
export const NAMES_AGENT = 4;
export const NAMES_MODEL = 8;

/** A span, as far as it matters to what it says of its turn. */
export interface SpeakingSpan extends Pick<Span, "agentName" | "model"> {
  messages: Pick<SpanMessage, "role">[];
}

/** What a span says of its turn. */
export function speechOf({ messages, agentName, model }: SpeakingSpan): number {
  const question = messages.some(({ role }) => role === "user") ? HAS_QUESTION : 0;
  const answer = messages.some(({ role }) => role === "assistant") ? HAS_ANSWER : 0;
  return question | answer | (agentName === null ? 0 : NAMES_AGENT) | (model === null ? 0 : NAMES_MODEL);
}
