import type { Instant } from "../base/instant.ts";

/** A thread as the engine knows it: any number that stands for (projectId, threadId). */
export type ThreadKey = number;

/** The key of the turn that is several spans at once; no span has this id. */
export const GROUP_TURN = "";

/** What a span itself says, as far as threads, turns and statistics are concerned. */
export interface SpanFacts {
  spanId: string;
  parentSpanId: string | null;
  claim: { thread: ThreadKey; rank: number } | null;
  isTurn: boolean | null;
  /** Whether it can belong to the thread of its parent; a Weave call cannot. */
  inherits: boolean;
  /** Whether its operation stands for a whole exchange. */
  agentLevel: boolean;
  startedAt: Instant;
  endedAt: Instant | null;
  failed: boolean;
  inputTokens: number;
  outputTokens: number;
  /** What it says of its turn, by `speechOf`. */
  says: number;
}

/** What follows from the facts of the span and of the rest of its trace. */
export interface SpanPlace {
  /** The link to the parent is ignored: it closes a cycle, and this span has the smallest id of it. */
  cut: boolean;
  /** The thread the span belongs to. */
  thread: ThreadKey | null;
  /** The rank of the claim that won; meaningless without a thread. */
  rank: number;
  /** The span belongs to a thread and none of its ancestors belongs to the same. */
  top: boolean;
  /** The turn the span is in: the id of the span that is the turn, or GROUP_TURN. */
  turn: string | null;
  /** How many children have usage, or a descendant with usage. */
  usageBelow: number;
}

/** A span in its trace. */
export interface TraceNode extends SpanFacts, SpanPlace {}

/** The place of a span that has just come in, before anything is worked out. */
export const NO_PLACE: SpanPlace = {
  cut: false,
  thread: null,
  rank: 0,
  top: false,
  turn: null,
  usageBelow: 0,
};

/** Whether the span says that it used tokens. */
function hasUsage(facts: SpanFacts): boolean {
  return facts.inputTokens > 0 || facts.outputTokens > 0;
}

/** Whether the span or anything below it used tokens. */
export function hasUsageAtOrBelow(node: TraceNode): boolean {
  return hasUsage(node) || node.usageBelow > 0;
}
