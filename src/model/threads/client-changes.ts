import type { Instant } from "../base/instant.ts";
import type { ThreadDraft } from "./thread-record.ts";

/** When a client made a thread its own, null while none did, and when one last changed it. */
export interface ClientTimes {
  madeAt: Instant | null;
  changedAt: Instant | null;
}

/**
 * What comes of a client's wish to create a thread where the project may have one of that id. A thread that spans alone
 * have made becomes the client's; one that a client made is left as it is.
 */
export function creationOf(
  present: Pick<ClientTimes, "madeAt"> | null,
  ifExists: ThreadDraft["ifExists"],
): "create" | "answer" | "refuse" {
  if (present === null || present.madeAt === null) return "create";
  return ifExists === "do_nothing" ? "answer" : "refuse";
}

/** Whether a thread can be copied to an id: as it could be created there, and to no id that is its own. */
export function canCopyTo(present: Pick<ClientTimes, "madeAt"> | null, isItself: boolean): boolean {
  return !isItself && creationOf(present, "raise") === "create";
}

/** What a thread is when a client has just created it, or made a copy; what spans made of it stays. */
export function madeByClient(now: Instant): ClientTimes & { status: "idle" } {
  return { madeAt: now, changedAt: now, status: "idle" };
}

/**
 * The times of a thread that a client changes: one that spans made is the client's from then on, as old as it was, and
 * no change moves a time back.
 *
 * @param isState whether the change gives the thread a state
 */
export function changedByClient(
  thread: ClientTimes & { stateChangedAt: Instant | null; createdAt: Instant },
  now: Instant,
  isState: boolean,
): ClientTimes & { stateChangedAt: Instant | null } {
  const { madeAt, changedAt, stateChangedAt, createdAt } = thread;
  return {
    madeAt: madeAt ?? createdAt,
    changedAt: later(changedAt, now),
    stateChangedAt: isState ? later(stateChangedAt, now) : stateChangedAt,
  };
}

function later(time: Instant | null, now: Instant): Instant {
  return Math.max(time ?? now, now);
}
