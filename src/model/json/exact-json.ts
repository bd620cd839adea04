// Part of Node since version 22; TypeScript's library does not know it yet.
declare global {
  interface JSON {
    /** A number that `JSON.stringify` prints with the digits it was given. */
    rawJSON(text: string): object;
    isRawJSON(value: unknown): boolean;
    parse(
      text: string,
      reviver: (key: string, value: unknown, context: { source?: string }) => unknown,
    ): unknown;
  }
}

/** A JSON object. */
export type JsonObject = Record<string, unknown>;

/** Whether a parsed JSON value is an object. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !JSON.isRawJSON(value);
}

/** What can lose digits in a JavaScript number. A match inside a string costs time only. */
const PERHAPS_INEXACT = /(?:^|[[:,])\s*(?:-0|-?\d{16}|-?\d+[.eE])/;

/**
 * Parses JSON so that `JSON.stringify` prints every number with the digits it had.
 *
 * @param plain what `JSON.parse` makes of the text, if that is at hand; it may be the answer
 * @throws SyntaxError when the text is not JSON, RangeError when it nests too deeply.
 */
export function parseExact(text: string, plain?: unknown): unknown {
  if (PERHAPS_INEXACT.test(text)) return JSON.parse(text, keepDigits);
  return plain === undefined ? JSON.parse(text) : plain;
}

function keepDigits(_key: string, value: unknown, { source }: { source?: string }): unknown {
  return typeof value === "number" && source !== undefined && String(value) !== source
    ? JSON.rawJSON(source)
    : value;
}
