/**
 * A JSON value that loses nothing: numbers keep their digits, and objects their keys in the order they came, whatever
 * they are called (`__proto__`, the empty key and `"1"` too).
 */
export type JsonValue = JsonScalar | JsonValue[] | JsonObject;

export type JsonScalar = null | boolean | string | JsonNumber;

/** A number as the text that stands in the document, such as `1.0`, `1e400` or `9007199254740993`. */
export interface JsonNumber {
  readonly digits: string;
}

/** An object; each key is there once. */
export type JsonObject = Map<string, JsonValue>;

/** Whether a value is an object; a place with no value has none. */
export function isJsonObject(value: JsonValue | undefined): value is JsonObject {
  return value instanceof Map;
}

/** The value of an object's key; undefined where there is none, and for what is no object. */
export function memberOf(value: JsonValue | undefined, key: string): JsonValue | undefined {
  return isJsonObject(value) ? value.get(key) : undefined;
}

/** Whether a value is neither an array nor an object. */
export function isJsonScalar(value: JsonValue): value is JsonScalar {
  return !Array.isArray(value) && !isJsonObject(value);
}

/** Whether a value is a number. */
export function isJsonNumber(value: JsonValue): value is JsonNumber {
  return typeof value === "object" && value !== null && "digits" in value;
}

/** How deep a value nests: no level for a scalar, one for `[]`. Takes time in proportion to the value's size. */
export function jsonDepth(value: JsonValue): number {
  if (isJsonScalar(value)) return 0;
  let deepest = 0;
  const inner = isJsonObject(value) ? value.values() : value;
  for (const part of inner) deepest = Math.max(deepest, jsonDepth(part));
  return deepest + 1;
}
