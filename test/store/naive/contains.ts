import type { JsonValue } from "../../../src/model/json/value.ts";
import { isNumber, isObject, stored } from "./json.ts";
import { compareDigits } from "./numbers.ts";

/** Whether a document contains another, both as text. */
export function contains(document: string, wanted: string): boolean {
  return holdsPart(stored(document), stored(wanted));
}

/**
 * PostgreSQL's `whole @> part` on jsonb, in the words of its documentation ("jsonb Containment and Existence"): objects
 * by subset, arrays whatever order and repeats, a whole array also a bare scalar.
 */
export function holdsPart(whole: JsonValue, part: JsonValue, isDocument = true): boolean {
  if (isObject(part)) {
    if (!isObject(whole)) return false;
    return [...part].every(([key, value]) =>
      [...whole].some(([name, held]) => name === key && holdsPart(held, value, false)),
    );
  }
  if (Array.isArray(part)) {
    return Array.isArray(whole) && part.every((value) => whole.some((held) => holdsPart(held, value, false)));
  }
  if (Array.isArray(whole)) return isDocument && whole.some((held) => holdsPart(held, part, false));
  return isNumber(whole) && isNumber(part) ? compareDigits(whole.digits, part.digits) === 0 : whole === part;
}
