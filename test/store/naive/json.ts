import { parseJson, parseJsonObject } from "../../../src/model/json/parse.ts";
import { printJson } from "../../../src/model/json/print.ts";
import type { JsonNumber, JsonObject, JsonValue } from "../../../src/model/json/value.ts";

/** The text of a value. */
export const printed = printJson;

/** Reads what a caller hands in: a JSON object, as deep as documents may be. */
export function parsed(text: string): JsonObject {
  return parseJsonObject(text, []);
}

/** Reads what is stored: any value, with all that any door takes. */
export function stored(text: string): JsonValue {
  return parseJson(text, [], { maxDepth: 1000, loneSurrogates: true });
}

export function isObject(value: unknown): value is JsonObject {
  return value instanceof Map;
}

export function isNumber(value: unknown): value is JsonNumber {
  return typeof value === "object" && value !== null && "digits" in value;
}

/** A member of what may be an object. */
export function member(value: JsonValue | undefined, key: string): JsonValue | undefined {
  return isObject(value) ? value.get(key) : undefined;
}

/** The members of `document` with those of `patch` over them; new ones come last. */
export function merged(document: JsonObject, patch: JsonObject): JsonObject {
  const result = new Map(document);
  for (const [key, value] of patch) result.set(key, value);
  return result;
}
