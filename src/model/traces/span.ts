import type { Instant } from "../base/instant.ts";

/** How a span ended. */
export type SpanStatus = "UNSET" | "OK" | "ERROR";

/**
 * A span's own word on which thread it is part of. Of the claims on a span and its ancestors the lowest rank wins,
 * at equal rank the nearest.
 */
export interface ThreadClaim {
  threadId: string;
  /** 0 is the strongest. */
  rank: number;
  /** The attribute the claim was read from. */
  key: string;
}

/** A message found in a span. */
export interface SpanMessage {
  role: "user" | "assistant";
  /** The message's text; empty when it has none. */
  text: string;
  /** The message as it came, as JSON text. */
  json: string;
}

/**
 * One timed operation of a trace, as a door hands it to the store. Its identity is (projectId, traceId, spanId);
 * of two versions of one span the store keeps the one that `compareVersions` puts last, whatever order they come in.
 */
export interface Span {
  projectId: string;
  traceId: string;
  spanId: string;
  /** Null for a root. */
  parentSpanId: string | null;
  name: string;
  /** Free text, empty if unknown. */
  operationName: string;
  /**
   * Whether its operation stands for a whole exchange rather than one of its steps, as its door says. Where several such
   * spans are the topmost ones of a thread in one trace, each is a turn: one long trace can hold many exchanges.
   */
  agentLevel: boolean;
  status: SpanStatus;
  startedAt: Instant;
  /** Nanoseconds past `startedAt`, 0..999. */
  startedAtNanos: number;
  /** Null while the span runs. */
  endedAt: Instant | null;
  /** Nanoseconds past `endedAt`, 0..999. */
  endedAtNanos: number;
  threadClaim: ThreadClaim | null;
  /** What the span says of being a turn; null when it says nothing. */
  isTurn: boolean | null;
  agentName: string | null;
  model: string | null;
  /** Null when the span does not say. */
  inputTokens: number | null;
  outputTokens: number | null;
  /** The first user message, the last one where it is another, the last assistant message: those there are. */
  messages: SpanMessage[];
  /** The whole span in its door's own encoding, so that nothing it said is lost. */
  payload: Uint8Array;
  /** What it shared with other spans of its batch (OpenTelemetry: resource and scope), likewise. */
  origin: Uint8Array;
  /**
   * Set on a Weave call, whose thread and turn are what it says: it inherits nothing from the spans above it. The turn
   * it names; null if none.
   */
  call?: { turnId: string | null };
}

/** A span as reads return it. */
export interface StoredSpan {
  traceId: string;
  spanId: string;
  operationName: string;
  status: SpanStatus;
  durationMs: number;
  /** Only when the query asks for it. */
  details?: SpanDetails;
}

/** The scalar fields beyond those that a map of the conversation needs. */
export interface SpanDetails {
  name: string;
  parentSpanId: string | null;
  turnId: string | null;
  startedAt: Instant;
  endedAt: Instant | null;
  agentName: string | null;
  model: string | null;
  inputTokens: number | null;
  outputTokens: number | null;
  /** Empty unless the query asks for messages. */
  messages: SpanMessage[];
}

/** How much of each span a query returns. */
export type SpanView = "basic" | "full" | "messages";

/** How many conversations one query may ask for, as documented. */
export const MAX_CONVERSATION_IDS = 10_000;

/** Asks for the spans and feedback of conversations, answered in the order of the ids. */
export interface ConversationSpansQuery {
  projectId: string;
  /** A conversation that has expired by now is as one never heard of: it has neither spans nor feedback. */
  now: Instant;
  conversationIds: string[];
  /** Only spans that started at this instant or later. */
  startedAfter: Instant | null;
  /** Only spans that started before this instant. */
  startedBefore: Instant | null;
  /** Only the newest spans of each conversation, this many at most; null means all. */
  maxSpansPerConversation: number | null;
  view: SpanView;
}
