import { isDeepStrictEqual } from "node:util";
import { compareCodePoints } from "../base/code-points.ts";
import { hasUsageAtOrBelow, NO_PLACE, type SpanFacts, type ThreadKey, type TraceNode } from "./node.ts";

/** Where a graph finds the stored spans of its trace. Each call may cost a read; the graph makes each once. */
export interface TraceSource {
  span(spanId: string): TraceNode | null;
  /** All spans that name this one as their parent. */
  children(spanId: string): TraceNode[];
  /** All spans of the trace that belong to the thread. */
  belongingTo(thread: ThreadKey): TraceNode[];
}

/**
 * The spans of one trace as a forest, loaded as far as it is looked at. It keeps two things true at every change: the
 * links hold no cycle (a cycle of parents is cut at its smallest span id), and every loaded span's `usageBelow`.
 */
export interface TraceGraph {
  /** The parent, unless it is missing or the link is cut. */
  parent(node: TraceNode): TraceNode | null;
  /** The spans whose `parent` this is. */
  children(node: TraceNode): TraceNode[];
  /** Loads all stored spans of the thread. */
  loadBelonging(thread: ThreadKey): void;
  /** Adds a span, or changes what is known of it. */
  put(facts: SpanFacts): void;
  /** The spans that are new, or whose link or claim changed. */
  readonly moved: ReadonlySet<TraceNode>;
  /** Every span looked at so far. */
  loaded(): Iterable<TraceNode>;
  /** What was stored of a loaded span; undefined for a new one. */
  before(node: TraceNode): TraceNode | undefined;
  /** The spans that were put, and those loaded that are not as they were stored. */
  changed(): TraceNode[];
}

/** Makes a graph over a trace's stored spans. Nothing is written back: compare `loaded` with `before`. */
export function createTraceGraph(source: TraceSource): TraceGraph {
  /** Copies: what the source answered stays as it is. */
  const nodes = new Map<string, TraceNode | null>();
  const befores = new Map<TraceNode, TraceNode>();
  const childrenByParent = new Map<string, Set<TraceNode>>();
  /** New and re-linked spans by the parent they name: the source does not know these links. */
  const hungHere = new Map<string, Set<TraceNode>>();
  const moved = new Set<TraceNode>();
  const put = new Set<TraceNode>();

  function adopt(stored: TraceNode): TraceNode {
    const known = nodes.get(stored.spanId);
    if (known) return known;
    const node = { ...stored };
    nodes.set(stored.spanId, node);
    befores.set(node, stored);
    return node;
  }

  function get(spanId: string): TraceNode | null {
    const known = nodes.get(spanId);
    if (known !== undefined) return known;
    const stored = source.span(spanId);
    if (stored) return adopt(stored);
    nodes.set(spanId, null);
    return null;
  }

  function namedParent(node: TraceNode): TraceNode | null {
    return node.parentSpanId === null ? null : get(node.parentSpanId);
  }

  function parent(node: TraceNode): TraceNode | null {
    return node.cut ? null : namedParent(node);
  }

  function namedChildren(spanId: string): Set<TraceNode> {
    const known = childrenByParent.get(spanId);
    if (known) return known;
    const found = new Set(hungHere.get(spanId));
    for (const stored of source.children(spanId)) {
      const node = adopt(stored);
      if (node.parentSpanId === spanId) found.add(node);
    }
    childrenByParent.set(spanId, found);
    return found;
  }

  function children(node: TraceNode): TraceNode[] {
    return [...namedChildren(node.spanId)].filter((child) => !child.cut);
  }

  /** Tells a span and its ancestors that one child more, or one fewer, has usage. */
  function countUsage(from: TraceNode | null, change: 1 | -1): void {
    for (let node = from; node; node = parent(node)) {
      const had = hasUsageAtOrBelow(node);
      node.usageBelow += change;
      if (hasUsageAtOrBelow(node) === had) return;
    }
  }

  /** The cycle of named parents that goes through a span; empty if none does. */
  function cycleThrough(start: TraceNode): TraceNode[] {
    const path = [start];
    let cutSeen: TraceNode | null = null;
    for (let node = namedParent(start); node; node = namedParent(node)) {
      if (node === start) return path;
      if (node === cutSeen) return []; // round a cycle that leaves the start out
      if (node.cut) cutSeen = node;
      path.push(node);
    }
    return [];
  }

  /** Makes a span's link count: for its parent's usage, and for where it belongs. */
  function attach(node: TraceNode): void {
    if (hasUsageAtOrBelow(node)) countUsage(parent(node), 1);
    moved.add(node);
  }

  /** Takes a span's link out of the counts, before it changes. */
  function detach(node: TraceNode): void {
    if (hasUsageAtOrBelow(node)) countUsage(parent(node), -1);
  }

  function hang(node: TraceNode): void {
    if (node.parentSpanId !== null) {
      const here = hungHere.get(node.parentSpanId) ?? new Set();
      hungHere.set(node.parentSpanId, here.add(node));
      childrenByParent.get(node.parentSpanId)?.add(node);
      // Only a span that something hangs from can close a cycle; one that is its own parent hangs from itself.
      if (namedChildren(node.spanId).size > 0) cutCycleThrough(node);
    }
    attach(node);
  }

  function cutCycleThrough(node: TraceNode): void {
    const cycle = cycleThrough(node);
    if (cycle.length === 0) return;
    const smallest = cycle.reduce((least, member) =>
      compareCodePoints(member.spanId, least.spanId) < 0 ? member : least,
    );
    node.cut = true; // its link is in no count yet, so nothing may climb it
    if (smallest === node) return;
    detach(smallest);
    smallest.cut = true;
    moved.add(smallest);
    node.cut = false;
  }

  function unhang(node: TraceNode): void {
    const cutMember = cycleThrough(node).find((member) => member.cut);
    detach(node);
    if (node.parentSpanId !== null) {
      hungHere.get(node.parentSpanId)?.delete(node);
      childrenByParent.get(node.parentSpanId)?.delete(node);
    }
    node.parentSpanId = null;
    if (cutMember) {
      cutMember.cut = false;
      if (cutMember !== node) attach(cutMember);
    }
  }

  function add(facts: SpanFacts): void {
    const node: TraceNode = { ...facts, ...NO_PLACE };
    nodes.set(node.spanId, node);
    for (const child of children(node)) {
      if (hasUsageAtOrBelow(child)) node.usageBelow += 1;
    }
    hang(node);
  }

  function change(node: TraceNode, facts: SpanFacts): void {
    const { parentSpanId, ...rest } = facts;
    const hadUsage = hasUsageAtOrBelow(node);
    const claimChanged = !sameClaim(node.claim, facts.claim) || node.inherits !== facts.inherits;
    Object.assign(node, rest);
    const hasUsage = hasUsageAtOrBelow(node);
    if (hadUsage !== hasUsage) countUsage(parent(node), hasUsage ? 1 : -1);
    if (claimChanged) moved.add(node);
    if (parentSpanId === node.parentSpanId) return;
    unhang(node);
    node.parentSpanId = parentSpanId;
    hang(node);
  }

  const loaded = () => [...nodes.values()].filter((node) => node !== null);

  return {
    parent,
    children,
    loadBelonging(thread) {
      for (const stored of source.belongingTo(thread)) adopt(stored);
    },
    put(facts) {
      const stored = get(facts.spanId);
      if (stored) change(stored, facts);
      else add(facts);
      put.add(get(facts.spanId)!);
    },
    moved,
    loaded,
    before: (node) => befores.get(node),
    changed: () => loaded().filter((node) => put.has(node) || !isDeepStrictEqual(node, befores.get(node))),
  };
}

function sameClaim(a: TraceNode["claim"], b: TraceNode["claim"]): boolean {
  return a?.thread === b?.thread && a?.rank === b?.rank;
}
