/** Where a quantile lies among `count` sorted values: between the values at `index` and `index + 1`. */
export interface QuantilePosition {
  index: number;
  /** Hundredths of the way to the next value; 0 means exactly at `index`. */
  remainder: number;
}

/** The position of a percentile by R-7 (the default of numpy, and PERCENTILE_CONT); `count` must be at least 1. */
export function quantilePosition(count: number, percent: number): QuantilePosition {
  const scaled = (count - 1) * percent;
  return { index: Math.floor(scaled / 100), remainder: scaled % 100 };
}

/** The value between two neighbours: integers until the one division, so that no rounding creeps in. */
export function interpolate(lower: number, upper: number, remainder: number): number {
  return (lower * (100 - remainder) + upper * remainder) / 100;
}
