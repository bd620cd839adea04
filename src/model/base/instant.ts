/** A moment: whole microseconds since the Unix epoch, UTC, below 2^53. */
export type Instant = number;

/** The greatest instant Skein stores, in the year 2255. */
export const MAX_INSTANT: Instant = Number.MAX_SAFE_INTEGER;

/** Whole milliseconds since the epoch, rounded down. */
export function truncateToMilliseconds(instant: Instant): number {
  return Math.floor(instant / 1000);
}

/**
 * Whole milliseconds between two instants, each rounded down first; 0 when the end is missing or before the start.
 * Every duration Skein reports is made by this rule.
 */
export function durationMilliseconds(start: Instant, end: Instant | null): number {
  if (end === null) return 0;
  return Math.max(0, truncateToMilliseconds(end) - truncateToMilliseconds(start));
}

const MINUTE = 60_000_000;
const DAY = 1440 * MINUTE;

/** The day that was formatted last, and how: instants of one answer are mostly of few days. */
let lastDay = { day: 0, date: "1970-01-01" };

/** ISO 8601 in UTC with `Z`: six fraction digits, or none when the microseconds are zero. */
export function formatInstant(instant: Instant): string {
  const day = Math.floor(instant / DAY);
  if (day !== lastDay.day) lastDay = { day, date: new Date((day * DAY) / 1000).toISOString().slice(0, 10) };
  const time = instant - day * DAY;
  const minutes = Math.floor(time / MINUTE);
  const microseconds = time % 1_000_000;
  const seconds = ((time % MINUTE) - microseconds) / 1_000_000;
  const clock = `${twoDigits(Math.floor(minutes / 60))}:${twoDigits(minutes % 60)}:${twoDigits(seconds)}`;
  const fraction = microseconds === 0 ? "" : `.${String(microseconds).padStart(6, "0")}`;
  return `${lastDay.date}T${clock}${fraction}Z`;
}

function twoDigits(number: number): string {
  return number < 10 ? `0${number}` : String(number);
}
