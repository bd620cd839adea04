import type { TraceGraph } from "./graph.ts";
import type { ThreadKey, TraceNode } from "./node.ts";

/** How the spans that are in a turn changed. */
export interface TurnShare {
  thread: ThreadKey;
  /** The turn's; it may be gone. */
  key: string;
  /** What there is more of than before. */
  spanCount: number;
  inputTokens: number;
  outputTokens: number;
  /** What the spans that came, went or changed said of it, and say. */
  said: number;
}

/** A span, as far as it counts for its turn. */
type SharingSpan = Pick<
  TraceNode,
  "thread" | "turn" | "says" | "usageBelow" | "inputTokens" | "outputTokens"
>;

/** The turns whose spans changed, with all turns that came, changed or went among them. */
export function turnShares(graph: TraceGraph): TurnShare[] {
  const shares = new Map<string, TurnShare>();
  for (const node of graph.changed()) {
    const before = graph.before(node);
    if (before) addShare(shares, before, -1);
    addShare(shares, node, 1);
  }
  return [...shares.values()];
}

/** Tokens count as they do in a thread's totals. */
function addShare(into: Map<string, TurnShare>, node: SharingSpan, sign: 1 | -1): void {
  const { thread, turn, says, usageBelow, inputTokens, outputTokens } = node;
  if (thread === null || turn === null) return;
  const name = `${thread}/${turn}`;
  const share = into.get(name) ?? {
    thread,
    key: turn,
    spanCount: 0,
    inputTokens: 0,
    outputTokens: 0,
    said: 0,
  };
  into.set(name, share);
  share.spanCount += sign;
  share.said |= says;
  if (usageBelow > 0) return;
  share.inputTokens += sign * inputTokens;
  share.outputTokens += sign * outputTokens;
}
