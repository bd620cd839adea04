/** Compares two strings by code points, as UTF-8 bytes and SQLite do; `<` compares UTF-16 units. */
export function compareCodePoints(a: string, b: string): number {
  return a === b ? 0 : Buffer.compare(Buffer.from(a), Buffer.from(b));
}

/** Whether a text has more characters (code points) than that. */
export function isLonger(text: string, characters: number): boolean {
  if (text.length <= characters) return false;
  return text.length > characters * 2 || Array.from(text).length > characters;
}
