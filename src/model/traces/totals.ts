import type { TraceGraph } from "./graph.ts";
import type { ThreadKey, TraceNode } from "./node.ts";

/** What the spans of a thread add up to. */
export interface ThreadTotals {
  spanCount: number;
  inputTokens: number;
  outputTokens: number;
}

/**
 * How much each thread's totals grew or shrank by the changes of a trace; among them, with nothing, those whose spans
 * came, went or started at other times: without a turn, a thread was created when its first span started.
 */
export function totalsChanges(graph: TraceGraph): Map<ThreadKey, ThreadTotals> {
  const changes = new Map<ThreadKey, ThreadTotals>();
  const moved = new Set<ThreadKey | null>();
  for (const node of graph.loaded()) {
    const before = graph.before(node);
    if (before) addTotals(changes, before, -1);
    addTotals(changes, node, 1);
    if (before && before.thread === node.thread && before.startedAt === node.startedAt) continue;
    moved.add(node.thread);
    if (before) moved.add(before.thread);
  }
  for (const [thread, { spanCount, inputTokens, outputTokens }] of changes) {
    const isNothing = spanCount === 0 && inputTokens === 0 && outputTokens === 0;
    if (isNothing && !moved.has(thread)) changes.delete(thread);
  }
  return changes;
}

/** What spans that go take from the totals of their threads. */
export function totalsTaken(nodes: Iterable<CountedNode>): Map<ThreadKey, ThreadTotals> {
  const changes = new Map<ThreadKey, ThreadTotals>();
  for (const node of nodes) addTotals(changes, node, -1);
  return changes;
}

/** What of a span its thread's totals are made of. */
export type CountedNode = Pick<TraceNode, "thread" | "usageBelow" | "inputTokens" | "outputTokens">;

/**
 * Wrapping spans repeat the tokens of what they wrap, so only a span with no usage below it, in whatever thread, has
 * its tokens counted.
 */
function addTotals(into: Map<ThreadKey, ThreadTotals>, node: CountedNode, sign: 1 | -1): void {
  if (node.thread === null) return;
  const totals = into.get(node.thread) ?? { spanCount: 0, inputTokens: 0, outputTokens: 0 };
  into.set(node.thread, totals);
  totals.spanCount += sign;
  if (node.usageBelow > 0) return;
  totals.inputTokens += sign * node.inputTokens;
  totals.outputTokens += sign * node.outputTokens;
}
