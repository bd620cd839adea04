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

/** ISO 8601 in UTC with `Z`: six fraction digits, or none when the microseconds are zero. */
export function formatInstant(instant: Instant): string {
  const microseconds = ((instant % 1_000_000) + 1_000_000) % 1_000_000;
  const seconds = new Date((instant - microseconds) / 1000).toISOString().slice(0, 19);
  return microseconds === 0 ? `${seconds}Z` : `${seconds}.${String(microseconds).padStart(6, "0")}Z`;
}
