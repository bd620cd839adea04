import { settleBelonging } from "./belonging.ts";
import { createTraceGraph, type TraceSource } from "./graph.ts";
import type { SpanFacts, ThreadKey, TraceNode } from "./node.ts";
import type { Part } from "./part.ts";
import { type ThreadTotals, totalsChanges } from "./totals.ts";
import { type TurnShare, turnShares } from "./turn-shares.ts";
import { settleTurns, type TurnChange } from "./turns.ts";

/** Everything that changes in a store when spans of one trace come in. */
export interface TraceUpdate {
  /** The incoming spans, and the stored ones whose place changed. */
  spans: TraceNode[];
  /** The trace's part in each thread it touches, as it is now. */
  parts: Map<ThreadKey, Part>;
  turns: TurnChange[];
  /** How much to add to the totals of each thread. */
  totals: Map<ThreadKey, ThreadTotals>;
  shares: TurnShare[];
}

/**
 * Works out what follows when spans of one trace come in or change, in whatever order and however late: where each
 * span belongs, which turns there are, what the totals are. The outcome depends only on the spans there are in the
 * end, never on the order they came in.
 *
 * Costs, in reads of the source, the incoming spans, their ancestors where they may close a cycle or cross from one
 * thread to another, and the spans below them that a thread or turn reaches anew; never the whole trace for one more
 * span at its end.
 */
export function updateTrace(
  source: TraceSource,
  storedPart: (thread: ThreadKey) => Part | null,
  incoming: SpanFacts[],
): TraceUpdate {
  const graph = createTraceGraph(source);
  for (const facts of incoming) graph.put(facts);
  const settled = settleBelonging(graph);
  const { parts, turns } = settleTurns(graph, settled, storedPart);
  return { spans: graph.changed(), parts, turns, totals: totalsChanges(graph), shares: turnShares(graph) };
}
