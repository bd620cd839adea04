import { isJsonNumber, type JsonNumber, type JsonScalar } from "./value.ts";

const NUMBER_PARTS = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d{1,15}))?$/;

/** Whole numbers that are their own significant digits. */
const PLAIN_INTEGER = /^-?\d*[1-9]$/;

/** Digits of which a double holds each: two such numbers are equal when their doubles are. */
const FEW_DIGITS = /^-?[\d.]{1,15}$/;

/**
 * A text that two scalars share exactly when they are equal: of the same type, and numbers by value, whatever their
 * size and spelling (2 = 2.0 = 20e-1, and 2^53+1 is not 2^53). Only numbers with an exponent of more than 15 digits,
 * which no reader of JSON computes with, must be spelled alike.
 */
export function scalarKey(value: JsonScalar): string {
  if (typeof value === "string") return `"${value}`;
  return isJsonNumber(value) ? numberKey(value.digits) : String(value);
}

/** Compares two numbers by value; 0 exactly when their `scalarKey` is the same. */
export function compareNumbers(a: JsonNumber, b: JsonNumber): number {
  // What is greater has no lesser nearest double.
  const order = Math.sign(Number(a.digits) - Number(b.digits));
  if (order !== 0 && !Number.isNaN(order)) return order;
  if (a.digits === b.digits || (FEW_DIGITS.test(a.digits) && FEW_DIGITS.test(b.digits))) return 0;
  const [x, y] = [decimalOf(a.digits), decimalOf(b.digits)];
  if (!x || !y) return a.digits < b.digits ? -1 : 1;
  if (x.sign !== y.sign) return x.sign - y.sign;
  return (
    x.sign * (x.power + x.digits.length - (y.power + y.digits.length) || compareDigits(x.digits, y.digits))
  );
}

/** A number as its sign (0 for zero), its significant digits, and the power of ten of the last of them. */
interface Decimal {
  sign: -1 | 0 | 1;
  digits: string;
  power: number;
}

/** A number's sign, significant digits and power of ten: `-120.50` becomes `-1205e-1`; zero has no sign. */
function numberKey(text: string): string {
  if (PLAIN_INTEGER.test(text)) return `${text}e0`;
  const decimal = decimalOf(text);
  if (!decimal) return text;
  const { sign, digits, power } = decimal;
  return sign === 0 ? "0" : `${sign < 0 ? "-" : ""}${digits}e${power}`;
}

/** Null for a number whose exponent is too long. */
function decimalOf(text: string): Decimal | null {
  const parts = NUMBER_PARTS.exec(text);
  if (!parts) return null;
  const [, sign, whole, fraction = "", exponent = "0"] = parts;
  const all = whole + fraction;
  let start = 0;
  while (all[start] === "0") start += 1;
  if (start === all.length) return { sign: 0, digits: "", power: 0 };
  let end = all.length;
  while (all[end - 1] === "0") end -= 1;
  const power = Number(exponent) + whole!.length - end;
  return { sign: sign ? -1 : 1, digits: all.slice(start, end), power };
}

function compareDigits(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
