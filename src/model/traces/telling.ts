import type { Span, SpanMessage } from "./span.ts";

/** What a span can tell of the turn it is in, a bit each. */
export const ASKS = 1;
export const ANSWERS = 2;
export const NAMES_AGENT = 4;
export const NAMES_MODEL = 8;

/** A span, as far as it matters to what it tells. */
export interface TellingSpan extends Pick<Span, "agentName" | "model"> {
  messages: Pick<SpanMessage, "role">[];
}

/** What a span tells of its turn. */
export function tellingOf({ messages, agentName, model }: TellingSpan): number {
  const asks = messages.some(({ role }) => role === "user") ? ASKS : 0;
  const answers = messages.some(({ role }) => role === "assistant") ? ANSWERS : 0;
  return asks | answers | (agentName === null ? 0 : NAMES_AGENT) | (model === null ? 0 : NAMES_MODEL);
}
