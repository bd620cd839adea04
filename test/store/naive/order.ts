/** Compares two texts by code points, which is the order of their UTF-8 bytes. */
export function compareText(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

/** The least of the values by `compare`; there must be one. */
export function least<T>(values: T[], compare: (a: T, b: T) => number): T {
  return values.reduce((best, value) => (compare(value, best) < 0 ? value : best));
}
