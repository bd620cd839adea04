import type { Instant } from "../base/instant.ts";

/** The first or the last turn of a thread that has something, and what that is. */
export interface TurnLead<Value> {
  /** The store's number for it, and its start; null while none has it. */
  turn: { id: number; startedAt: Instant } | null;
  value: Value | null;
  /** The changes alone do not tell any more which turn it is, or what it has. */
  lost: boolean;
}

/** The lead of no turns. */
export const NO_LEAD: TurnLead<never> = { turn: null, value: null, lost: false };

/** A change of one turn: when it started while it had the thing, and when it starts and has it; null where it has not. */
export interface LeadChange<Value> {
  id: number;
  before: Instant | null;
  after: Instant | null;
  /** What it has now; null if that is not known. */
  value: Value | null;
}

/** The lead after a change; `end` says whether the first or the last turn leads. */
export function followLead<Value>(
  lead: TurnLead<Value>,
  end: "first" | "last",
  { id, before, after, value }: LeadChange<Value>,
): TurnLead<Value> {
  if (lead.lost) return lead;
  const { turn } = lead;
  const isSame = turn?.id === id;
  const ahead = (start: Instant) =>
    turn === null ? 1 : (end === "last" ? 1 : -1) * (start - turn.startedAt);
  // The one that leads must stay where it is; others like it in start may come before or after it.
  if (before !== null && ahead(before) >= 0 && !(isSame && after === before)) return { ...lead, lost: true };
  if (after === null || ahead(after) < 0) return lead;
  if (value === null || (ahead(after) === 0 && !isSame)) return { ...lead, lost: true };
  return { turn: { id, startedAt: after }, value, lost: false };
}
