import type { TraceGraph } from "./graph.ts";
import type { ThreadKey, TraceNode } from "./node.ts";

/**
 * Works out anew which thread each moved span and all below it belong to. Of the claims on a span and its ancestors
 * the one of the lowest rank wins, at equal rank the nearest; a span without any belongs to no thread. A span that does
 * not inherit belongs to the thread it claims, if any, and what is below it sees nothing above it.
 *
 * Costs the moved spans and, where a thread is involved, what hangs below them.
 *
 * @returns the spans looked at: all whose `thread` or `top` may have changed, parents before their children.
 */
export function settleBelonging(graph: TraceGraph): Set<TraceNode> {
  const settled = new Set<TraceNode>();
  for (const start of graph.moved) {
    const parent = graph.parent(start);
    // Below another moved span: settled with it.
    if (parent && graph.moved.has(parent)) continue;
    const pending = [start];
    for (let node = pending.pop(); node; node = pending.pop()) {
      const had = node.thread;
      settle(graph, node);
      settled.delete(node);
      settled.add(node);
      // With no thread before and after, no ancestor has one either, and nothing changes below.
      if (had !== null || node.thread !== null) pending.push(...graph.children(node));
      else pending.push(...graph.children(node).filter((child) => graph.moved.has(child)));
    }
  }
  return settled;
}

function settle(graph: TraceGraph, node: TraceNode): void {
  const parent = graph.parent(node);
  const inherits = node.inherits && parent !== null && parent.thread !== null;
  if (node.claim && (!inherits || node.claim.rank <= parent.rank)) {
    node.thread = node.claim.thread;
    node.rank = node.claim.rank;
  } else {
    node.thread = inherits ? parent.thread : null;
    node.rank = inherits ? parent.rank : 0;
  }
  node.top = node.thread !== null && !nearestAncestorOf(graph, node, node.thread);
}

/** The nearest ancestor that belongs to the thread; a span of no thread parts what is below it from what is above. */
export function nearestAncestorOf(graph: TraceGraph, node: TraceNode, thread: ThreadKey): TraceNode | null {
  for (let above = graph.parent(node); above && above.thread !== null; above = graph.parent(above)) {
    if (above.thread === thread) return above;
  }
  return null;
}
