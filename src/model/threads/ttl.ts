import { type Instant, MAX_INSTANT } from "../base/instant.ts";
import type { ThreadTtl } from "./thread-record.ts";

const MICROSECONDS = 60_000_000;

/** What is wrong with minutes that are no time to live. */
export const TTL_MINUTES_FAULT = "must be a number greater than 0";

/** Whether a thread can be kept for some minutes; fractions are allowed. */
export function isTtlMinutes(minutes: number): boolean {
  return Number.isFinite(minutes) && minutes > 0;
}

/** The TTL of a thread that goes in parts: its time is up, and no read sees it any more. */
export const NO_TIME_LEFT: ThreadTtl = { strategy: "delete", minutes: 0, expiresAt: 0 };

/** A TTL that a client gives a thread now. */
export function ttlFrom(
  { strategy, minutes }: Pick<ThreadTtl, "strategy" | "minutes">,
  now: Instant,
): ThreadTtl {
  return { strategy, minutes, expiresAt: expiryOf(minutes, now) };
}

/** Whether the time of a thread is up; never, without a TTL. */
export function isUp(ttl: Pick<ThreadTtl, "expiresAt"> | null, now: Instant): boolean {
  return ttl !== null && ttl.expiresAt <= now;
}

/** Whether a thread is gone, by its TTL: then no read sees it, and the next write that touches it removes it first. */
export function isGone(ttl: Pick<ThreadTtl, "strategy" | "expiresAt"> | null, now: Instant): boolean {
  return isUp(ttl, now) && ttl!.strategy === "delete";
}

/** A TTL as it is by now: where its time was up, and the history went with it, it has come round again. */
export function nextRound(ttl: ThreadTtl, now: Instant): ThreadTtl {
  return { ...ttl, expiresAt: nextExpiry(ttl.expiresAt, ttl.minutes, now) };
}

/** When a time of some minutes that starts now is up. */
export function expiryOf(minutes: number, now: Instant): Instant {
  return Math.min(MAX_INSTANT, now + periodOf(minutes));
}

/** When a time that comes round again every some minutes is up next, after `now`. */
export function nextExpiry(expiresAt: Instant, minutes: number, now: Instant): Instant {
  if (expiresAt > now) return expiresAt;
  const period = periodOf(minutes);
  const rounds = Math.floor((now - expiresAt) / period) + 1;
  return Math.min(MAX_INSTANT, expiresAt + rounds * period);
}

function periodOf(minutes: number): number {
  return Math.max(1, Math.round(minutes * MICROSECONDS));
}
