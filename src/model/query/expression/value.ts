import { compareCodePoints } from "../../base/code-points.ts";
import { formatInstant, type Instant } from "../../base/instant.ts";
import { printJson } from "../../json/print.ts";
import { compareNumbers } from "../../json/scalar-key.ts";
import { isJsonNumber, type JsonNumber, type JsonValue } from "../../json/value.ts";

/** What an operand of an expression stands for. Null is nothing: JSON's null, or a place that has no value. */
export type Value = JsonValue | Moment;

/** A moment; as a number it is the seconds since the epoch, as a text what readers are shown. */
export interface Moment {
  readonly instant: Instant;
}

/** What a value can be converted to. */
export const CONVERSIONS = ["double", "string", "int", "bool", "exists"] as const;

export type Conversion = (typeof CONVERSIONS)[number];

const JSON_NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

/**
 * A value as one of another kind; null where it does not stand for one. A list or an object is as text its JSON, and
 * nothing as a number or a truth value.
 *
 * - `string`: a number keeps its digits, a truth value is `true` or `false`.
 * - `double`: the number that a text spells as JSON does; a truth value is 1 or 0.
 * - `int`: the same without its fraction.
 * - `bool`: the texts `true` and `false`; a number, or a text that spells one, is true unless it is 0.
 * - `exists`: whether there is a value; the only one that makes something of nothing.
 */
export function convert(value: Value, to: Conversion): Value {
  if (to === "exists") return value !== null;
  if (value === null) return null;
  switch (to) {
    case "string":
      return textOf(value);
    case "double":
      return numberOf(value);
    case "int":
      return wholeOf(numberOf(value));
    case "bool":
      return truthOf(value);
  }
}

/**
 * How two values stand to each other: negative, 0 or positive; null where they cannot be compared, as with nothing.
 *
 * Of one kind, numbers compare by value whatever their size, texts by code points, false before true, lists and objects
 * as their JSON text. Else a text is read as the kind of the other, and a truth value as a number; what it does not
 * spell cannot be compared. A number beside a moment is seconds since the epoch.
 */
export function compareValues(a: Value, b: Value): number | null {
  if (a === null || b === null) return null;
  if (isMoment(a) || isMoment(b)) return compareMoments(a, b);
  if (typeof a === "boolean" && typeof b === "boolean") return Number(a) - Number(b);
  if (isNumber(a) || isNumber(b)) return compareAs(numberOf(a), numberOf(b), compareNumbers);
  if (typeof a === "boolean" || typeof b === "boolean") {
    return compareAs(truthOf(a), truthOf(b), (x, y) => Number(x) - Number(y));
  }
  return compareCodePoints(textOf(a), textOf(b));
}

/** Whether two values are equal; nothing equals nothing. */
export function equalValues(a: Value, b: Value): boolean {
  return a === null || b === null ? a === b : compareValues(a, b) === 0;
}

/** A value that is there, as text. */
export function textOf(value: Exclude<Value, null>): string {
  if (typeof value === "string") return value;
  return isMoment(value) ? formatInstant(value.instant) : printJson(value);
}

/** The truth value that a value stands for, if it does for one. */
export function truthOf(value: Value): boolean | null {
  if (typeof value === "boolean") return value;
  if (value === "true" || value === "false") return value === "true";
  if (isNumber(value) || typeof value === "string") {
    const number = numberOf(value);
    return number && compareNumbers(number, ZERO) !== 0;
  }
  return null;
}

const ZERO: JsonNumber = { digits: "0" };

function numberOf(value: Value): JsonNumber | null {
  if (isNumber(value)) return value;
  if (typeof value === "boolean") return { digits: value ? "1" : "0" };
  if (typeof value === "string") return JSON_NUMBER.test(value.trim()) ? { digits: value.trim() } : null;
  return isMoment(value) ? { digits: String(value.instant / 1_000_000) } : null;
}

/** A number without its fraction; null for one too great for a double, unless it is written out. */
function wholeOf(number: JsonNumber | null): JsonNumber | null {
  if (!number) return null;
  if (!/[eE]/.test(number.digits)) return { digits: number.digits.split(".", 1)[0]! };
  const whole = Math.trunc(Number(number.digits));
  return Number.isFinite(whole) ? { digits: String(BigInt(whole)) } : null;
}

function compareMoments(a: Value, b: Value): number | null {
  const [x, y] = [instantOf(a), instantOf(b)];
  return x === null || y === null ? null : x - y;
}

/** The moment that a value stands for, if it does for one. */
export function instantOf(value: Value): Instant | null {
  if (isMoment(value)) return value.instant;
  return isNumber(value) ? Math.round(Number(value.digits) * 1_000_000) : null;
}

function compareAs<T>(a: T | null, b: T | null, compare: (a: T, b: T) => number): number | null {
  return a === null || b === null ? null : compare(a, b);
}

/** Whether a value is a moment. */
export function isMoment(value: Value): value is Moment {
  return typeof value === "object" && value !== null && "instant" in value;
}

/** Whether a value is a number. */
export function isNumber(value: Value): value is JsonNumber {
  return !isMoment(value) && isJsonNumber(value);
}
