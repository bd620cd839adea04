/** A median and the interval that holds the true one with a probability of 90 % or more. */
export interface Estimate {
  median: number;
  /** Null where there are too few values to tell: less than five. */
  interval: [low: number, high: number] | null;
}

const CONFIDENCE = 0.9;

/** The median of values, and its interval by the sign test, which asks nothing of how they are spread. */
export function estimate(values: number[]): Estimate {
  const sorted = values.toSorted((a, b) => a - b);
  const skipped = skippedOf(sorted.length);
  return {
    median: medianOf(sorted),
    interval: skipped === null ? null : [sorted[skipped]!, sorted.at(-1 - skipped)!],
  };
}

/**
 * How many values at either end are outside: as many as are all on one side of the true median, as coins that fall on
 * one side, in less than half of what confidence leaves.
 */
function skippedOf(count: number): number | null {
  let skipped: number | null = null;
  let chance = 2 ** -count;
  let total = chance;
  for (let heads = 0; total <= (1 - CONFIDENCE) / 2; heads++) {
    skipped = heads;
    chance *= (count - heads) / (heads + 1);
    total += chance;
  }
  return skipped;
}

function medianOf(sorted: number[]): number {
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** What an interval says of a bound that values are to keep. */
export type Verdict = "kept" | "unsure" | "BELOW" | "too few pairs";

/** Below only where the whole interval is. */
export function verdictOf({ interval }: Estimate, bound: number): Verdict {
  if (!interval) return "too few pairs";
  if (interval[1] < bound) return "BELOW";
  return interval[0] >= bound ? "kept" : "unsure";
}
