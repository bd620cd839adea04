import { nearestAncestorOf } from "./belonging.ts";
import type { TraceGraph } from "./graph.ts";
import { GROUP_TURN, type ThreadKey, type TraceNode } from "./node.ts";
import {
  countIn,
  EMPTY_PART,
  groupOf,
  groupTurn,
  isTurnUnder,
  type Part,
  type PartRule,
  partRule,
  regroup,
  spanTurn,
  type Turn,
} from "./part.ts";

/** A turn that came, changed or (`turn` null) went. */
export interface TurnChange {
  thread: ThreadKey;
  key: string;
  turn: Turn | null;
}

/** What settling the turns of a trace changed, beside the places of its spans. */
export interface TurnChanges {
  parts: Map<ThreadKey, Part>;
  turns: TurnChange[];
}

interface SpanChange {
  before: TraceNode | undefined;
  after: TraceNode | undefined;
}

/** A part at work: the spans whose share in it changed, and what the part was and is. */
interface PartWork {
  thread: ThreadKey;
  before: Part;
  after: Part;
  changes: SpanChange[];
}

/**
 * Works out anew the turns of a trace in its threads, and which turn each span is in, after its spans changed.
 *
 * Costs the changed spans and what hangs below spans that became turns or ceased to be; all spans of a part only when
 * another rule makes its turns than before.
 *
 * @param settled what `settleBelonging` returned
 * @param storedPart what is stored of the trace's part in a thread; null if no span belonged
 */
export function settleTurns(
  graph: TraceGraph,
  settled: Set<TraceNode>,
  storedPart: (thread: ThreadKey) => Part | null,
): TurnChanges {
  const works = countParts(graph, storedPart);
  const rules = new Map<ThreadKey, PartRule>();
  const unplaced = new Set(settled);
  const turns: TurnChange[] = [];

  for (const work of works.values()) {
    rules.set(work.thread, partRule(work.after));
    if (ruleChanged(work) && work.before.spans > 0) graph.loadBelonging(work.thread);
  }
  const membersOf = groupByThread(graph, works);
  for (const work of works.values()) {
    const members = membersOf.get(work.thread) ?? [];
    const rule = partRule(work.after);
    if (ruleChanged(work)) for (const node of members) unplaced.add(node);
    for (const node of ruleChanged(work) ? members : changedMembers(work)) {
      if (wasTurn(graph, node, work.thread) !== isTurnUnder(rule, node))
        addWithDescendants(graph, node, unplaced);
    }
    turns.push(...turnChanges(graph, work, members));
  }

  const ruleOf = (thread: ThreadKey): PartRule => {
    const known = rules.get(thread) ?? partRule(storedPart(thread) ?? EMPTY_PART);
    rules.set(thread, known);
    return known;
  };
  placeInTurns(graph, unplaced, ruleOf);
  return { parts: new Map([...works].map(([thread, work]) => [thread, work.after])), turns };
}

/** Brings the counts of every part up to date with the spans that changed. */
function countParts(
  graph: TraceGraph,
  storedPart: (thread: ThreadKey) => Part | null,
): Map<ThreadKey, PartWork> {
  const works = new Map<ThreadKey, PartWork>();
  const workOn = (thread: ThreadKey): PartWork => {
    let work = works.get(thread);
    if (!work) {
      const before = storedPart(thread) ?? EMPTY_PART;
      work = { thread, before, after: { ...before }, changes: [] };
      works.set(thread, work);
    }
    return work;
  };
  for (const node of graph.loaded()) {
    const before = graph.before(node);
    if (before && !turnFactsDiffer(before, node)) continue;
    if (before && before.thread !== null) countIn(workOn(before.thread).after, before, -1);
    if (node.thread !== null) countIn(workOn(node.thread).after, node, 1);
    if (before && before.thread !== null && before.thread !== node.thread) {
      workOn(before.thread).changes.push({ before, after: undefined });
    }
    if (node.thread !== null) {
      const stayed = before?.thread === node.thread ? before : undefined;
      workOn(node.thread).changes.push({ before: stayed, after: node });
    }
  }
  return works;
}

function turnFactsDiffer(a: TraceNode, b: TraceNode): boolean {
  return (
    a.thread !== b.thread ||
    a.top !== b.top ||
    a.isTurn !== b.isTurn ||
    a.agentLevel !== b.agentLevel ||
    a.startedAt !== b.startedAt ||
    a.endedAt !== b.endedAt ||
    a.failed !== b.failed
  );
}

function ruleChanged(work: PartWork): boolean {
  return partRule(work.before) !== partRule(work.after);
}

function groupByThread(graph: TraceGraph, works: Map<ThreadKey, PartWork>): Map<ThreadKey, TraceNode[]> {
  const members = new Map<ThreadKey, TraceNode[]>();
  for (const node of graph.loaded()) {
    if (node.thread === null || !works.has(node.thread)) continue;
    const list = members.get(node.thread);
    if (list) list.push(node);
    else members.set(node.thread, [node]);
  }
  return members;
}

function changedMembers(work: PartWork): TraceNode[] {
  return work.changes.flatMap(({ after }) => after ?? []);
}

function wasTurn(graph: TraceGraph, node: TraceNode, thread: ThreadKey): boolean {
  const before = graph.before(node);
  return before !== undefined && before.thread === thread && before.turn === before.spanId;
}

/** The turns of a part that came, changed or went. */
function turnChanges(graph: TraceGraph, work: PartWork, members: TraceNode[]): TurnChange[] {
  const { thread } = work;
  const rule = partRule(work.after);
  const changes: TurnChange[] = [];
  const note = (key: string, turn: Turn | null) => changes.push({ thread, key, turn });
  for (const { before, after } of work.changes) {
    if (before && !after && before.turn === before.spanId) note(before.spanId, null);
  }
  const changed = new Set(changedMembers(work));
  for (const node of ruleChanged(work) ? members : changed) {
    const is = isTurnUnder(rule, node);
    const was = wasTurn(graph, node, thread);
    if (is && (!was || changed.has(node))) note(node.spanId, spanTurn(node));
    else if (was && !is) note(node.spanId, null);
  }
  const hadGroup = work.before.group !== null;
  work.after.group = rule === "group" ? groupAfter(graph, work, members) : null;
  if (work.after.group) note(GROUP_TURN, groupTurn(work.after.group));
  else if (hadGroup) note(GROUP_TURN, null);
  return changes;
}

function groupAfter(graph: TraceGraph, work: PartWork, members: TraceNode[]) {
  if (!work.before.group) return groupOf(members);
  const regrouped = regroup(work.before.group, work.changes);
  if (regrouped) return regrouped;
  graph.loadBelonging(work.thread);
  return groupOf([...graph.loaded()].filter((node) => node.thread === work.thread));
}

/** Adds a span and what is below it, down to the next turn of its thread. */
function addWithDescendants(graph: TraceGraph, start: TraceNode, into: Set<TraceNode>): void {
  const pending = [start];
  for (let node = pending.pop(); node; node = pending.pop()) {
    into.add(node);
    if (node !== start && node.thread === start.thread && node.turn === node.spanId) continue;
    pending.push(...graph.children(node));
  }
}

/** Finds for each span the nearest turn of its thread at or above it, or the one turn of its part. */
function placeInTurns(
  graph: TraceGraph,
  unplaced: Set<TraceNode>,
  ruleOf: (thread: ThreadKey) => PartRule,
): void {
  for (const start of unplaced) {
    const { thread } = start;
    if (thread === null) {
      start.turn = null;
      continue;
    }
    const rule = ruleOf(thread);
    if (rule === "group") {
      start.turn = GROUP_TURN;
      continue;
    }
    const path: TraceNode[] = [];
    let node: TraceNode | null = start;
    while (node && unplaced.has(node) && !isTurnUnder(rule, node)) {
      path.push(node);
      unplaced.delete(node);
      node = nearestAncestorOf(graph, node, thread);
    }
    let turn: string | null = null;
    if (node) turn = isTurnUnder(rule, node) ? node.spanId : node.turn;
    if (node && isTurnUnder(rule, node)) node.turn = node.spanId;
    for (const member of path) member.turn = turn;
  }
}
