import type { Instant } from "../base/instant.ts";

/** The first or the last turn of a thread that has something, and what that is. */
export interface EdgeTurn<Value> {
  /** The store's number for it, and its start; null while none has it. */
  turn: { id: number; startedAt: Instant } | null;
  value: Value | null;
}

/** The changes alone do not say any more which turn it is, or what it has: the turns themselves must be asked. */
export const STALE = "stale";

/** The edge of no turns. */
export const NO_EDGE: EdgeTurn<never> = { turn: null, value: null };

/** A change of one turn: when it started while it had the thing, and when it starts and has it; null where it has not. */
export interface EdgeChange<Value> {
  id: number;
  before: Instant | null;
  after: Instant | null;
  /** What it has now; null if that is not known. */
  value: Value | null;
}

/** The edge after a change; `end` says which of the turns that have the thing it is. */
export function followEdge<Value>(
  edge: EdgeTurn<Value> | typeof STALE,
  end: "first" | "last",
  { id, before, after, value }: EdgeChange<Value>,
): EdgeTurn<Value> | typeof STALE {
  if (edge === STALE) return STALE;
  const { turn } = edge;
  const isSame = turn?.id === id;
  const beyond = (start: Instant) =>
    turn === null ? 1 : (end === "last" ? 1 : -1) * (start - turn.startedAt);
  // The one at the edge must stay where it is; others like it in start may come before or after it.
  if (before !== null && beyond(before) >= 0 && !(isSame && after === before)) return STALE;
  if (after === null || beyond(after) < 0) return edge;
  if (value === null || (beyond(after) === 0 && !isSame)) return STALE;
  return { turn: { id, startedAt: after }, value };
}
