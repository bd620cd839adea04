import { z } from "zod";
import { bool, choice, id, int, list, text, texts } from "../fastapi/types.ts";

/** Far more sort keys than can matter; it bounds the work of checking them. */
const MAX_SORT_KEYS = 100;

/** The types of fields that many requests have. */
export const projectId = text({ minLength: 1 });
/** Of a request that keeps something in it. */
export const projectIdToKeep = id({ minLength: 1 });

export const optionalText = text().nullable().default(null);
export const optionalTexts = texts().nullable().default(null);
export const optionalBool = bool().nullable().default(null);
export const optionalCount = int({ ge: 0 }).nullable().default(null);

/** Order by fields of a type; keys that are not known are faults where `isStrict`. */
export function sortBy<T extends z.ZodType>(field: T, { isStrict = true } = {}) {
  const shape = { field, direction: choice(["asc", "desc"] as const) };
  return sortKeys(isStrict ? z.strictObject(shape) : z.object(shape));
}

/** A list of sort keys of a type, or nothing. */
export function sortKeys<T extends z.ZodType>(key: T) {
  return list(key, { maxLength: MAX_SORT_KEYS }).nullable().default(null);
}
