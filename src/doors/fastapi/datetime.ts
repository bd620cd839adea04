import { type Instant, MAX_INSTANT } from "../../model/base/instant.ts";
import type { Fault, Reading } from "./fault.ts";
import { readString } from "./readers.ts";

/** Numbers above this are milliseconds, others seconds. */
const WATERSHED = 20_000_000_000;
const YEAR_0 = -62_167_219_200;
const YEAR_1 = -62_135_596_800;
const YEAR_10000 = 253_402_300_800;
const MAX_INT64 = 9_223_372_036_854_775_807n;

const TIME = /^[Tt _](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d+))?)?(?:[Zz]|([+-]|\xe2\x88\x92)(\d\d):?(\d\d))?$/;

/**
 * Reads a datetime as pydantic does in its default mode: ISO 8601 with or without time and offset (without one it is
 * UTC), a space or an underscore for the T, or a Unix time in seconds or milliseconds as a number or its text.
 * Digits past the microsecond are cut. What lies outside the range of `Instant` is moved to its end.
 */
export function readDatetime(input: unknown): Reading<Instant> {
  if (typeof input === "number") {
    const fraction = Math.abs(input - Math.trunc(input));
    const unit = Math.abs(input) > WATERSHED ? 1000 : 1_000_000;
    return fromUnix(Math.floor(input), Math.round(fraction * unit), parsingFault);
  }
  if (typeof input !== "string") {
    return { fault: { type: "datetime_type", msg: "Input should be a valid datetime" } };
  }
  const text = readString(input);
  return text.fault ? text : readText(bytesOf(text.value));
}

/** A text's UTF-8 bytes, a character each: positions count in bytes. */
function bytesOf(text: string): string {
  const bytes = Buffer.byteLength(text);
  return bytes === text.length ? text : Buffer.from(text).toString("latin1");
}

function readText(bytes: string): Reading<Instant> {
  const date = readDate(bytes);
  if (date.fault) return readUnixText(bytes) ?? date;
  const time = timeOfDay(bytes.slice(10));
  if (!time && bytes.length > 10) return fromDateFault("unexpected extra characters at the end of the input");
  if (bytes.startsWith("0000")) return parsingFault("year 0 is out of range");
  return { value: toInstant(date.value + (time?.seconds ?? 0), time?.microseconds ?? 0) };
}

/** A number in text; null if it is none that counts. */
function readUnixText(text: string): Reading<Instant> | null {
  if (isInt64(text)) return fromUnix(Number(text), 0, fromDateFault);
  if (!isDecimal(text)) return null;
  const number = Number(text);
  const scaled = Math.abs(number) > WATERSHED ? number / 1000 : number;
  const whole = Math.floor(scaled);
  const unix = fromUnix(whole, Math.round((scaled - whole) * 1_000_000), fromDateFault);
  return unix.fault ? null : unix;
}

/** The date at the start of a text, as seconds since the epoch. */
function readDate(bytes: string): Reading<number> {
  if (bytes.length < 10) return fromDateFault("input is too short");
  const year = bytes.slice(0, 4);
  const month = bytes.slice(5, 7);
  const day = bytes.slice(8, 10);
  if (!/^\d+$/.test(year)) return fromDateFault("invalid character in year");
  if (bytes[4] !== "-") return fromDateFault("invalid date separator, expected `-`");
  if (!/^\d+$/.test(month)) return fromDateFault("invalid character in month");
  if (bytes[7] !== "-") return fromDateFault("invalid date separator, expected `-`");
  if (!/^\d+$/.test(day)) return fromDateFault("invalid character in day");
  if (Number(month) < 1 || Number(month) > 12) {
    return fromDateFault("month value is outside expected range of 1-12");
  }
  const date = new Date(0);
  date.setUTCFullYear(Number(year), Number(month) - 1, Number(day));
  if (date.getUTCDate() !== Number(day)) return fromDateFault("day value is outside expected range");
  return { value: date.getTime() / 1000 };
}

/** The time of day and its offset, from the separator on, as seconds to add to the date; null where it is none. */
function timeOfDay(bytes: string): { seconds: number; microseconds: number } | null {
  const match = TIME.exec(bytes);
  if (!match) return null;
  const [hour, minute, second] = [match[1], match[2], match[3] ?? 0].map(Number) as [number, number, number];
  const [offsetHour, offsetMinute] = [match[6] ?? 0, match[7] ?? 0].map(Number) as [number, number];
  if (hour > 23 || minute > 59 || second > 59 || offsetHour > 23 || offsetMinute > 59) return null;
  const offset = (offsetHour * 60 + offsetMinute) * 60 * (match[5] === "+" ? 1 : -1);
  const microseconds = Number((match[4] ?? "").slice(0, 6).padEnd(6, "0"));
  return { seconds: hour * 3600 + minute * 60 + second - offset, microseconds };
}

function isInt64(text: string): boolean {
  return /^[+-]?\d+$/.test(text) && fitsInt64(text);
}

/** Pydantic takes a fraction or an exponent only where there is a point. */
function isDecimal(text: string): boolean {
  return (
    /^[+-]?(?:\d+\.\d*|\.\d+)(?:[eE][+-]?\d+)?$/.test(text) && fitsInt64(text.slice(0, text.indexOf(".")))
  );
}

function fitsInt64(integer: string): boolean {
  const digits = integer.replace(/^[+-]?0*/, "");
  return digits.length < 19 || (digits.length === 19 && BigInt(digits) <= MAX_INT64);
}

/** A Unix time in seconds or milliseconds, and microseconds more. */
function fromUnix(
  number: number,
  microseconds: number,
  fault: (error: string) => { fault: Fault },
): Reading<Instant> {
  const inMilliseconds = Math.abs(number) > WATERSHED;
  const seconds = inMilliseconds ? Math.floor(number / 1000) : number;
  if (seconds >= YEAR_10000) return fault("dates after 9999 are not supported as unix timestamps");
  if (seconds < YEAR_0) return fault("dates before 0000 are not supported as unix timestamps");
  if (seconds < YEAR_1) return parsingFault("year 0 is out of range");
  const milliseconds = inMilliseconds ? number - seconds * 1000 : 0;
  return { value: toInstant(seconds, milliseconds * 1000 + microseconds) };
}

function toInstant(seconds: number, microseconds: number): Instant {
  return Math.max(-MAX_INSTANT, Math.min(MAX_INSTANT, seconds * 1_000_000 + microseconds));
}

function parsingFault(error: string): { fault: Fault } {
  const msg = `Input should be a valid datetime, ${error}`;
  return { fault: { type: "datetime_parsing", msg, ctx: { error } } };
}

function fromDateFault(error: string): { fault: Fault } {
  const msg = `Input should be a valid datetime or date, ${error}`;
  return { fault: { type: "datetime_from_date_parsing", msg, ctx: { error } } };
}
