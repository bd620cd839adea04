/** Where a quantile lies among sorted values: `remainder` hundredths of the way from `index` to the next one. */
export interface QuantilePosition {
  /** Counted from 0. */
  index: number;
  /** 0..99; 0 where the value at `index` is the quantile itself, as it always is at the last one. */
  remainder: number;
}

/**
 * The place of a quantile among `count` sorted values (at least one), by R-7: numpy's default and SQL's
 * PERCENTILE_CONT. `percent` is a whole number, 0..100. In integers, so exact at every size.
 */
export function quantilePosition(count: number, percent: number): QuantilePosition {
  const hundredths = (count - 1) * percent;
  return { index: Math.floor(hundredths / 100), remainder: hundredths % 100 };
}

/**
 * The value `remainder` hundredths of the way from `a` to `b`: one division of an exact sum, so that equal values give
 * that value itself. For whole numbers up to 2^53 / 100.
 */
export function interpolate(a: number, b: number, remainder: number): number {
  return (a * (100 - remainder) + b * remainder) / 100;
}
