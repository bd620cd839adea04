import { parseJson } from "../../json/parse.ts";
import { isJsonObject, type JsonValue } from "../../json/value.ts";

/** How deep documents may nest: what the doors that store them have taken. */
const MAX_DEPTH = 1000;

/** Parses a stored document, to be looked into. */
export function parseDocument(text: string, name: string): JsonValue {
  return parseJson(text, [name], { maxDepth: MAX_DEPTH, loneSurrogates: true });
}

/** The value that steps lead to: keys of objects, and indexes of lists; null where they lead nowhere. */
export function valueAt(document: JsonValue, steps: readonly string[]): JsonValue {
  let value: JsonValue | undefined = document;
  for (const step of steps) {
    if (Array.isArray(value)) value = /^\d+$/.test(step) ? value[Number(step)] : undefined;
    else value = isJsonObject(value) ? value.get(step) : undefined;
  }
  return value ?? null;
}
