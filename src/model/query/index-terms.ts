import { scalarKey } from "../json/scalar-key.ts";
import { isJsonObject, isJsonScalar, type JsonObject, type JsonValue } from "../json/value.ts";

/** How many terms of one document an index keeps. */
export const MAX_INDEX_TERMS = 1000;

/** The only term of a document that has more than `MAX_INDEX_TERMS`: such a document may contain anything. */
export const CROWDED_TERM = 0;

/**
 * The terms under which an index of documents files a document: one hash for each different scalar with its path.
 *
 * A document that contains a filter (see `containment`) has all `filterTerms` of it, or `CROWDED_TERM` alone. The
 * reverse need not hold, so the documents an index finds are candidates. Terms are positive and below 2^53. Stores
 * keep them: if their making changes, every index must be built anew.
 *
 * The time is proportional to the document's size.
 */
export function indexTerms(document: JsonObject): number[] {
  const terms = new Set<number>();
  return collect(document, ROOT, terms, MAX_INDEX_TERMS) ? [...terms] : [CROWDED_TERM];
}

/** The terms that every document which contains the filter has. A filter without any scalar has none. */
export function filterTerms(filter: JsonObject): number[] {
  const terms = new Set<number>();
  collect(filter, ROOT, terms, Infinity);
  return [...terms];
}

const ROOT = 1;

/** Adds a value's terms; false, and not all are added, when there are more than `limit`. */
function collect(value: JsonValue, path: number, terms: Set<number>, limit: number): boolean {
  if (isJsonScalar(value)) {
    terms.add(hash(path, scalarKey(value)));
    return terms.size <= limit;
  }
  if (isJsonObject(value)) {
    for (const [key, member] of value) if (!collect(member, hash(path, key), terms, limit)) return false;
    return true;
  }
  // Elements share one path, since containment does not look at their places.
  const elementPath = hash(path, "[]");
  return value.every((element) => collect(element, elementPath, terms, limit));
}

/** Hashes a text after what `seed` has hashed; the result is an integer from 1 to 2^53 - 1. */
function hash(seed: number, text: string): number {
  let low = seed | 0;
  let high = (seed / 2 ** 32) | 0;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    low = Math.imul(low ^ code, 0x01000193);
    high = Math.imul(high ^ code, 0x2c1b3c6d) ^ (high >>> 15);
  }
  low = scatter(low ^ text.length);
  high = scatter(high ^ low);
  return (high >>> 11) * 2 ** 32 + (low >>> 0) || 1;
}

/** Lets every bit of a 32-bit integer change about half of the result's bits; different ones stay different. */
function scatter(bits: number): number {
  let mixed = Math.imul(bits ^ (bits >>> 16), 0x21f0aaad);
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
  return mixed ^ (mixed >>> 15);
}
