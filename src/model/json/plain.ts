import { isJsonObject, type JsonValue } from "./value.ts";

/** An object as `JSON.parse` gives it. */
export type PlainObject = Record<string, unknown>;

/** A JSON document as the text that came and as the plain value that `JSON.parse` makes of it. */
export interface PlainDocument {
  text: string;
  value: unknown;
}

/** Whether a plain value is an object. */
export function isPlainObject(value: unknown): value is PlainObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/**
 * A value as `JSON.parse` gives it, which may lose the digits of numbers and the order of keys. Takes time in proportion
 * to the value's size.
 */
export function plainJson(value: JsonValue): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(plainJson);
  if (!isJsonObject(value)) return Number(value.digits);
  return Object.fromEntries(value.entries().map(([key, member]) => [key, plainJson(member)]));
}
