import type { Fault, Reading } from "./fault.ts";

/** How pydantic's default ("lax") mode reads single JSON values. */

const MAX_INTEGER_LENGTH = 4300;
/** From here on a JSON number is taken to be a float: nobody writes out so many digits. */
const LEAST_HUGE_FLOAT = 1e21;
const INTEGER = /^\p{White_Space}*([+-]?\d+(?:_\d+)*)(?:\.0+)?\p{White_Space}*$/u;
const NUMBER = /^\p{White_Space}*([+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?)\p{White_Space}*$/u;
const SINGLE_UNDERSCORES = /^[^_\s]+(?:_[^_\s]+)+$/;
const NOT_FINITE = /^\p{White_Space}*[+-]?(?:inf(?:inity)?|nan)\p{White_Space}*$/iu;

const NOT_UNICODE: Fault = {
  type: "string_unicode",
  msg: "Input should be a valid string, unable to parse raw data as a unicode string",
};

const TOO_MANY_DIGITS: Fault = {
  type: "int_parsing_size",
  msg: "Unable to parse input string as an integer, exceeded maximum size",
};

/** Reads a string; one with half a surrogate pair is none, since it cannot be stored. */
export function readString(input: unknown): Reading<string> {
  if (typeof input !== "string")
    return { fault: { type: "string_type", msg: "Input should be a valid string" } };
  return input.isWellFormed() ? { value: input } : { fault: NOT_UNICODE };
}

const BOOLEANS = new Map<unknown, boolean>([
  ...["1", "true", "t", "yes", "y", "on", true, 1].map((input) => [input, true] as const),
  ...["0", "false", "f", "no", "n", "off", false, 0].map((input) => [input, false] as const),
]);

/** Reads a truth value or what clearly is one: `"yes"`, `0`. */
export function readBoolean(input: unknown): Reading<boolean> {
  const value = BOOLEANS.get(typeof input === "string" ? input.toLowerCase() : input);
  if (value !== undefined) return { value };
  return typeof input === "string" || Number.isInteger(input)
    ? { fault: { type: "bool_parsing", msg: "Input should be a valid boolean, unable to interpret input" } }
    : { fault: { type: "bool_type", msg: "Input should be a valid boolean" } };
}

/** Reads a whole number or what clearly is one: `10.0`, `"10"`, `true`. Beyond 2^53 - 1 it is taken as that. */
export function readInteger(input: unknown): Reading<number> {
  if (typeof input === "boolean") return { value: Number(input) };
  if (typeof input === "number") {
    if (!Number.isFinite(input))
      return { fault: { type: "finite_number", msg: "Input should be a finite number" } };
    if (Math.abs(input) >= LEAST_HUGE_FLOAT) return { fault: TOO_MANY_DIGITS };
    if (Number.isInteger(input)) return { value: clamp(input) };
    const msg = "Input should be a valid integer, got a number with a fractional part";
    return { fault: { type: "int_from_float", msg } };
  }
  if (typeof input !== "string")
    return { fault: { type: "int_type", msg: "Input should be a valid integer" } };
  if (!input.isWellFormed()) return { fault: NOT_UNICODE };
  const match = INTEGER.exec(input);
  if (!match?.[1]) {
    const msg = "Input should be a valid integer, unable to parse string as an integer";
    return { fault: { type: "int_parsing", msg } };
  }
  if (match[1].length > MAX_INTEGER_LENGTH) {
    return { fault: TOO_MANY_DIGITS };
  }
  return { value: clamp(Number(match[1].replaceAll("_", ""))) };
}

/** Reads a finite number or the text of one. */
export function readNumber(input: unknown): Reading<number> {
  if (typeof input === "boolean") return { value: Number(input) };
  if (typeof input === "number") return finite(input);
  if (typeof input !== "string")
    return { fault: { type: "float_type", msg: "Input should be a valid number" } };
  if (NOT_FINITE.test(input)) return finite(Number.NaN);
  const match = NUMBER.exec(SINGLE_UNDERSCORES.test(input) ? input.replaceAll("_", "") : input);
  if (match?.[1]) return finite(Number(match[1]));
  const msg = "Input should be a valid number, unable to parse string as a number";
  return { fault: { type: "float_parsing", msg } };
}

/** Reads a list of at most `maxLength` values. */
export function readList(input: unknown, maxLength: number): Reading<unknown[]> {
  if (!Array.isArray(input)) return { fault: { type: "list_type", msg: "Input should be a valid list" } };
  if (input.length <= maxLength) return { value: input };
  return tooLong("List", maxLength, input.length);
}

/** Reads an object of at most `maxLength` members, not looking into them. */
export function readObject(
  input: unknown,
  maxLength = Number.POSITIVE_INFINITY,
): Reading<Record<string, unknown>> {
  if (!isObject(input)) return { fault: { type: "dict_type", msg: "Input should be a valid dictionary" } };
  if (maxLength === Number.POSITIVE_INFINITY) return { value: input };
  const length = Object.keys(input).length;
  return length <= maxLength ? { value: input } : tooLong("Dictionary", maxLength, length);
}

function isObject(input: unknown): input is Record<string, unknown> {
  return typeof input === "object" && input !== null && !Array.isArray(input);
}

function tooLong(kind: string, maxLength: number, length: number): { fault: Fault } {
  const msg = `${kind} should have at most ${maxLength} items after validation, not ${length}`;
  const ctx = { field_type: kind, max_length: maxLength, actual_length: length };
  return { fault: { type: "too_long", msg, ctx } };
}

function finite(value: number): Reading<number> {
  if (Number.isFinite(value)) return { value };
  return { fault: { type: "finite_number", msg: "Input should be a finite number" } };
}

function clamp(integer: number): number {
  return Math.max(-Number.MAX_SAFE_INTEGER, Math.min(Number.MAX_SAFE_INTEGER, integer));
}
