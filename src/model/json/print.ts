import { isJsonObject, type JsonValue } from "./value.ts";

/** Matches what must be escaped, and a few characters more. */
const PERHAPS_ESCAPED = /["\\\p{Cc}\p{Cs}]/u;

/** Strings longer than this `JSON.stringify` prints faster; below, its call costs more than it saves. */
const SHORT_STRING = 40;

/**
 * The text of a value, without white space. A text printed once is in its normal form: parsed and printed again it is
 * the same text.
 */
export function printJson(value: JsonValue): string {
  if (typeof value === "string") return printString(value);
  if (typeof value !== "object" || value === null) return String(value);
  if (Array.isArray(value)) return printArray(value);
  return isJsonObject(value) ? printMembers(value, printJson) : value.digits;
}

/** The text of an object whose members' values are texts already, as `memberTexts` gives them. */
export function printMemberTexts(members: Iterable<[string, string]>): string {
  return printMembers(members, (text) => text);
}

// Adding to a string costs a third of what collecting parts and joining them does.
function printArray(elements: JsonValue[]): string {
  let text = "[";
  for (const element of elements) text += text === "[" ? printJson(element) : `,${printJson(element)}`;
  return `${text}]`;
}

function printMembers<T>(members: Iterable<[string, T]>, print: (value: T) => string): string {
  let text = "{";
  for (const [key, value] of members) {
    const member = `${printString(key)}:${print(value)}`;
    text += text === "{" ? member : `,${member}`;
  }
  return `${text}}`;
}

function printString(text: string): string {
  return text.length <= SHORT_STRING && !PERHAPS_ESCAPED.test(text) ? `"${text}"` : JSON.stringify(text);
}
