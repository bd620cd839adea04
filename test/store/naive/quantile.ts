/** A quantile by R-7, in whole hundredths of the way between two ranks; null of nothing. */
export function quantile(values: number[], percent: number): number | null {
  if (values.length === 0) return null;
  const sorted = values.toSorted((a, b) => a - b);
  const rank = (sorted.length - 1) * percent;
  const below = sorted[Math.floor(rank / 100)]!;
  const above = sorted[Math.ceil(rank / 100)]!;
  const way = rank % 100;
  return (below * (100 - way) + above * way) / 100;
}
