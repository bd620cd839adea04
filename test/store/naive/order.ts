/** Compares two texts by code points, which is the order of their UTF-8 bytes. */
export function compareText(a: string, b: string): number {
  return a === b ? 0 : Buffer.compare(Buffer.from(a), Buffer.from(b));
}

/** The least of the values by `compare`; there must be one. */
export function least<T>(values: T[], compare: (a: T, b: T) => number): T {
  return values.reduce((best, value) => (compare(value, best) < 0 ? value : best));
}

/** An order, or its reverse. */
export function directed(order: number, direction: "asc" | "desc"): number {
  return direction === "asc" ? order : -order;
}

/** The sum of what is known of some numbers. */
export function sum(numbers: (number | null)[]): number {
  return numbers.reduce<number>((total, number) => total + (number ?? 0), 0);
}
