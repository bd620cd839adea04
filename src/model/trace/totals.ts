import type { TraceGraph } from "./graph.ts";
import type { ThreadKey, TraceNode } from "./node.ts";

/** What the spans of a thread add up to. */
export interface ThreadTotals {
  spanCount: number;
  inputTokens: number;
  outputTokens: number;
}

/** How much each thread's totals grew or shrank by the changes of a trace. */
export function totalsChanges(graph: TraceGraph): Map<ThreadKey, ThreadTotals> {
  const changes = new Map<ThreadKey, ThreadTotals>();
  for (const node of graph.loaded()) {
    const before = graph.before(node);
    if (before) addTotals(changes, before, -1);
    addTotals(changes, node, 1);
  }
  for (const [thread, { spanCount, inputTokens, outputTokens }] of changes) {
    if (spanCount === 0 && inputTokens === 0 && outputTokens === 0) changes.delete(thread);
  }
  return changes;
}

/**
 * Wrapping spans repeat the tokens of what they wrap, so only a span with no usage below it, in whatever thread, has
 * its tokens counted.
 */
function addTotals(into: Map<ThreadKey, ThreadTotals>, node: TraceNode, sign: 1 | -1): void {
  if (node.thread === null) return;
  const totals = into.get(node.thread) ?? { spanCount: 0, inputTokens: 0, outputTokens: 0 };
  into.set(node.thread, totals);
  totals.spanCount += sign;
  if (node.usageBelow > 0) return;
  totals.inputTokens += sign * node.inputTokens;
  totals.outputTokens += sign * node.outputTokens;
}
