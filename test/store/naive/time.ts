import type { Instant } from "../../../src/model/base/instant.ts";

const LAST_INSTANT = 2 ** 53 - 1;

/** Milliseconds from one moment to another, each cut to whole ones first; 0 without an end, or when it comes first. */
export function millisecondsBetween(start: Instant, end: Instant | null): number {
  if (end === null || end < start) return 0;
  return Math.floor(end / 1000) - Math.floor(start / 1000);
}

/** When some minutes from now are over; at the end of all time at the latest. */
export function afterMinutes(minutes: number, now: Instant): Instant {
  return Math.min(LAST_INSTANT, now + microseconds(minutes));
}

/** The first moment after `now` of those that lie whole periods after `moment`. */
export function nextRound(moment: Instant, minutes: number, now: Instant): Instant {
  const period = microseconds(minutes);
  const past = Math.max(0, now - moment + 1);
  return Math.min(LAST_INSTANT, moment + Math.ceil(past / period) * period);
}

/** A moment as readers see it: in UTC, with six digits of a second where it has a part of one. */
export function isoText(moment: Instant): string {
  const text = new Date(Math.floor(moment / 1000)).toISOString();
  const micros = String(moment % 1_000_000).padStart(6, "0");
  return `${text.slice(0, "1970-01-01T00:00:00".length)}${micros === "000000" ? "" : `.${micros}`}Z`;
}

function microseconds(minutes: number): number {
  return Math.max(1, Math.round(minutes * 60_000_000));
}
