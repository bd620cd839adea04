import { compareCodePoints } from "../base/code-points.ts";
import type { Instant } from "../base/instant.ts";
import { GROUP_TURN, type TraceNode } from "./node.ts";

/**
 * A trace's part in a thread: how many of the spans that belong can be turns. From these counts alone follows which
 * rule makes the turns, so that one more span rarely needs a look at the others.
 */
export interface Part {
  /** Spans that belong. */
  spans: number;
  /** Spans that say they are a turn, at any depth. */
  flagged: number;
  /** Top spans that do not say they are no turn. */
  tops: number;
  /** Those of the tops that are agent-level. */
  agents: number;
  /** The turn made of all tops, while the rule is "group". */
  group: GroupTurn | null;
}

/** What is kept of a turn made of several spans. */
export interface GroupTurn {
  /** The earliest by (start, span id). */
  firstSpanId: string;
  startedAt: Instant;
  /** The latest end among the spans that ended. */
  lastEnd: Instant | null;
  running: number;
  failed: number;
}

/** Which spans of a part are its turns; see `partRule`. */
export type PartRule = "none" | "flagged" | "single" | "agents" | "group";

/** A turn of a thread. */
export interface Turn {
  /** Names the turn within its part: the id of the span that is the turn, or GROUP_TURN. */
  key: string;
  turnId: string;
  startedAt: Instant;
  endedAt: Instant | null;
  failed: boolean;
}

export const EMPTY_PART: Part = { spans: 0, flagged: 0, tops: 0, agents: 0, group: null };

/**
 * Spans that say they are turns are the turns, if there are any. Else a single top is the turn; else the agent-level
 * tops are, each one; else all tops together are one turn.
 */
export function partRule(part: Part): PartRule {
  if (part.flagged > 0) return "flagged";
  if (part.tops === 0) return "none";
  if (part.tops === 1) return "single";
  return part.agents > 0 ? "agents" : "group";
}

/** Whether a span that belongs to the part is by itself a turn of it. */
export function isTurnUnder(rule: PartRule, node: TraceNode): boolean {
  switch (rule) {
    case "flagged":
      return node.isTurn === true;
    case "single":
      return isTop(node);
    case "agents":
      return isTop(node) && node.agentLevel;
    case "none":
    case "group":
      return false;
  }
}

/** Adds a span to the counts of its part, or takes it out. */
export function countIn(part: Part, node: TraceNode, change: 1 | -1): void {
  part.spans += change;
  if (node.isTurn === true) part.flagged += change;
  if (!isTop(node)) return;
  part.tops += change;
  if (node.agentLevel) part.agents += change;
}

/** The turn that a span is by itself. */
export function spanTurn(node: TraceNode): Turn {
  const { spanId, startedAt, endedAt, failed } = node;
  return { key: spanId, turnId: spanId, startedAt, endedAt, failed };
}

/** The turn that a part's tops are together: running while any of them runs, failed if any of them is. */
export function groupTurn(group: GroupTurn): Turn {
  return {
    key: GROUP_TURN,
    turnId: group.firstSpanId,
    startedAt: group.startedAt,
    endedAt: group.running > 0 ? null : group.lastEnd,
    failed: group.failed > 0,
  };
}

/** The group of a part's tops, from all spans that belong. */
export function groupOf(members: Iterable<TraceNode>): GroupTurn | null {
  let group: GroupTurn | null = null;
  for (const node of members) if (isTop(node)) group = addToGroup(group, node);
  return group;
}

/**
 * The group after some of its spans changed, or null where it takes a look at all spans to tell: when the first or
 * the latest one is no longer what it was.
 */
export function regroup(
  group: GroupTurn,
  changes: Iterable<{ before: TraceNode | undefined; after: TraceNode | undefined }>,
): GroupTurn | null {
  let next: GroupTurn = { ...group };
  for (const { before, after } of changes) {
    if (before && isTop(before)) {
      if (before.endedAt === null) next.running -= 1;
      if (before.failed) next.failed -= 1;
      const stillThere = after !== undefined && isTop(after);
      const first = before.spanId === group.firstSpanId;
      if (first && !(stillThere && after.startedAt <= before.startedAt)) return null;
      if (before.endedAt !== null && before.endedAt === group.lastEnd) {
        if (!stillThere || after.endedAt === null || after.endedAt < before.endedAt) return null;
      }
    }
    if (after && isTop(after)) next = addToGroup(next, after);
  }
  return next;
}

function addToGroup(group: GroupTurn | null, node: TraceNode): GroupTurn {
  const running = (group?.running ?? 0) + (node.endedAt === null ? 1 : 0);
  const failed = (group?.failed ?? 0) + (node.failed ? 1 : 0);
  const lastEnd =
    node.endedAt === null ? (group?.lastEnd ?? null) : Math.max(node.endedAt, group?.lastEnd ?? node.endedAt);
  const isFirst =
    !group ||
    node.startedAt < group.startedAt ||
    (node.startedAt === group.startedAt && compareCodePoints(node.spanId, group.firstSpanId) < 0);
  return {
    firstSpanId: isFirst ? node.spanId : group.firstSpanId,
    startedAt: isFirst ? node.startedAt : group.startedAt,
    lastEnd,
    running,
    failed,
  };
}

/** A part's tops that may be turns: a span that says it is none leaves the rules, and nothing takes its place. */
function isTop(node: TraceNode): boolean {
  return node.top && node.isTurn !== false;
}
