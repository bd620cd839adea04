/** Compares two strings by code points, as UTF-8 bytes and SQLite do; `<` compares UTF-16 units. */
export function compareCodePoints(a: string, b: string): number {
  return a === b ? 0 : Buffer.compare(Buffer.from(a), Buffer.from(b));
}
