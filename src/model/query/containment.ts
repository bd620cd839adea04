import { InvalidRequestError } from "../base/errors.ts";
import { scalarKey } from "../json/scalar-key.ts";
import {
  isJsonNumber,
  isJsonObject,
  isJsonScalar,
  type JsonObject,
  type JsonScalar,
  type JsonValue,
} from "../json/value.ts";

/** Answers whether a document contains what a filter asks for. */
export type Containment = (document: JsonValue) => boolean;

/**
 * How many objects and arrays may stand inside the arrays of a filter. Each of them is tried with each element of the
 * document's array, so this bounds what a hostile filter costs.
 */
export const MAX_FILTER_ELEMENTS = 100;

/**
 * Whether documents contain a filter, exactly as PostgreSQL's `document @> filter` on jsonb (PostgreSQL documentation,
 * "jsonb Containment and Existence"): scalars are equal in type and value; an object contains the filter's keys, each
 * with a value that contains the filter's; of an array's elements each is contained in some element, so order and
 * repeats do not count. A whole document that is an array also contains a bare scalar which is one of its elements; an
 * array further inside does not.
 *
 * The time for a document is proportional to its size times the filter's objects and arrays inside arrays.
 */
export function containment(filter: JsonValue): Containment {
  if (!isJsonScalar(filter)) return matching(filter);
  const equals = equalTo(filter);
  return (document) => (Array.isArray(document) ? document.some(equals) : equals(document));
}

/**
 * Checks that a filter can be evaluated.
 *
 * @throws InvalidRequestError when it has more than `MAX_FILTER_ELEMENTS` objects and arrays inside arrays
 */
export function checkFilter(filter: JsonObject, path: (string | number)[]): void {
  if (elementsOf(filter, false) > MAX_FILTER_ELEMENTS) {
    const message = `has more than ${MAX_FILTER_ELEMENTS} objects and arrays inside arrays`;
    throw new InvalidRequestError([{ path, message }]);
  }
}

function elementsOf(value: JsonValue, insideArray: boolean): number {
  if (isJsonScalar(value)) return 0;
  let count = insideArray ? 1 : 0;
  const inner = isJsonObject(value) ? value.values() : value;
  for (const part of inner) count += elementsOf(part, insideArray || Array.isArray(value));
  return count;
}

function matching(filter: JsonValue): Containment {
  if (isJsonObject(filter)) return objectMatching(filter);
  return Array.isArray(filter) ? arrayMatching(filter) : equalTo(filter);
}

function objectMatching(filter: JsonObject): Containment {
  const members = Array.from(filter, ([key, value]) => ({ key, matches: matching(value) }));
  return (document) =>
    isJsonObject(document) &&
    members.every(({ key, matches }) => {
      const value = document.get(key);
      return value !== undefined && matches(value);
    });
}

function arrayMatching(filter: JsonValue[]): Containment {
  const scalars = new Set(filter.filter(isJsonScalar).map(scalarKey));
  const others = filter.filter((element) => !isJsonScalar(element)).map(matching);
  return (document) =>
    Array.isArray(document) &&
    hasScalars(document, scalars) &&
    others.every((matches) => document.some(matches));
}

function hasScalars(elements: JsonValue[], keys: Set<string>): boolean {
  if (elements.length < keys.size) return false;
  const missing = new Set(keys);
  for (const element of elements) {
    if (missing.size === 0) return true;
    if (isJsonScalar(element)) missing.delete(scalarKey(element));
  }
  return missing.size === 0;
}

function equalTo(scalar: JsonScalar): Containment {
  if (!isJsonNumber(scalar)) return (document) => document === scalar;
  const key = scalarKey(scalar);
  return (document) => isJsonNumber(document) && scalarKey(document) === key;
}
