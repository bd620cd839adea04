import { isJsonNumber, type JsonScalar } from "./value.ts";

const NUMBER_PARTS = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d{1,15}))?$/;

/** Whole numbers that are their own significant digits. */
const PLAIN_INTEGER = /^-?\d*[1-9]$/;

/**
 * A text that two scalars share exactly when they are equal: of the same type, and numbers by value, whatever their
 * size and spelling (2 = 2.0 = 20e-1, and 2^53+1 is not 2^53). Only numbers with an exponent of more than 15 digits,
 * which no reader of JSON computes with, must be spelled alike.
 */
export function scalarKey(value: JsonScalar): string {
  if (typeof value === "string") return `"${value}`;
  return isJsonNumber(value) ? numberKey(value.digits) : String(value);
}

/** A number's sign, significant digits and power of ten: `-120.50` becomes `-1205e-1`; zero has no sign. */
function numberKey(digits: string): string {
  if (PLAIN_INTEGER.test(digits)) return `${digits}e0`;
  const parts = NUMBER_PARTS.exec(digits);
  if (!parts) return digits;
  const [, sign, whole, fraction = "", exponent = "0"] = parts;
  const all = whole + fraction;
  let start = 0;
  while (all[start] === "0") start += 1;
  if (start === all.length) return "0";
  let end = all.length;
  while (all[end - 1] === "0") end -= 1;
  return `${sign}${all.slice(start, end)}e${Number(exponent) + whole!.length - end}`;
}
