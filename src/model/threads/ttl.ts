import { type Instant, MAX_INSTANT } from "../base/instant.ts";

const MICROSECONDS = 60_000_000;

/** What is wrong with minutes that are no time to live. */
export const TTL_MINUTES_FAULT = "must be a number greater than 0";

/** Whether a thread can be kept for some minutes; fractions are allowed. */
export function isTtlMinutes(minutes: number): boolean {
  return Number.isFinite(minutes) && minutes > 0;
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
