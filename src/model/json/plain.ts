import { isJsonObject, type JsonValue } from "./value.ts";

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
