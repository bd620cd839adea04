import { InvalidRequestError } from "../base/errors.ts";
import { shapeOf, stringEnd } from "./scan.ts";
import { isJsonObject, type JsonNumber, type JsonObject, type JsonValue, jsonDepth } from "./value.ts";

/**
 * How deep arrays and objects may nest; `[]` is one level. Far above what real documents do, and below what the parsers
 * take that a document meets later: about 250 levels the strictest, 1 000 SQLite.
 */
export const MAX_JSON_DEPTH = 200;

/** Strings longer than this are left to `JSON.parse`; below, its call costs more than it saves. */
const SHORT_STRING = 32;

/** Matches the end of a key that has an escape; in a string's text, if ever, by chance. */
const ESCAPED_KEY = /\\.[^"\\]*"\s*:/s;

const NUMBER = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;

const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_BRACKET = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;

/** What `parseJson` takes beyond its defaults. */
export interface JsonLeniency {
  /** How deep the text may nest instead of `MAX_JSON_DEPTH`. */
  maxDepth?: number;
  /** Whether a string may hold half a surrogate pair, written as an escape. */
  loneSurrogates?: boolean;
  /** About how much memory may be taken by what is read; any, if it is not said. */
  maxBytes?: number;
}

/**
 * What a body may take when it is read, as its `maxBytes`: far more than documents of the largest size do, but a fraction
 * of what millions of empty objects would.
 */
export const MAX_BODY_MEMORY = 512 * 2 ** 20;

/** What is made of objects and numbers while a text is read. */
interface JsonMaker {
  object(members: Map<string, unknown>): unknown;
  number(number: JsonNumber): unknown;
  /** About how much memory an object takes, and any value in one or in a list. */
  objectBytes: number;
  valueBytes: number;
}

const EXACT: JsonMaker = {
  object: (members) => members,
  number: (number) => number,
  objectBytes: 256,
  valueBytes: 140,
};

/** What `JSON.parse` makes; of numbers it is asked to spare, something else. */
const PLAIN = { object: Object.fromEntries, objectBytes: 64, valueBytes: 40 };

/**
 * Reads a JSON text (RFC 8259) exactly: see `JsonValue`. Of a repeated key the last value counts, at the place of the
 * first, as in `JSON.parse`.
 *
 * The time is proportional to the text's length, whatever the text is.
 *
 * @param path the field that holds the text, for the error
 * @throws InvalidRequestError when the text is not JSON, nests deeper than `MAX_JSON_DEPTH`, or holds half a surrogate
 *   pair, which UTF-8 cannot carry
 */
export function parseJson(text: string, path: (string | number)[], leniency?: JsonLeniency): JsonValue {
  return read(text, path, EXACT, leniency) as JsonValue;
}

/**
 * Reads a JSON text as `parseJson` does, into what `JSON.parse` gives: digits of numbers and the order of keys may be
 * lost. Where `JSON.parse` can do it, that takes a quarter of the time.
 *
 * @param number what to make of numbers, if not JavaScript's; `JSON.parse` cannot do that
 */
export function parsePlainJson(
  text: string,
  path: (string | number)[],
  leniency: JsonLeniency = {},
  number?: (number: JsonNumber) => unknown,
): unknown {
  if (!number && isReadByBuiltIn(text, leniency)) {
    try {
      return JSON.parse(text);
    } catch {
      // It is no JSON: reading it again says where.
    }
  }
  const make = number ?? (({ digits }: JsonNumber) => Number(digits));
  return read(text, path, { ...PLAIN, number: make }, leniency);
}

/**
 * Whether `JSON.parse` can stand in for `read`, should the text be JSON. It knows no limits, and Node 24's takes keys with
 * escapes for others now and then.
 */
function isReadByBuiltIn(
  text: string,
  { maxDepth = MAX_JSON_DEPTH, loneSurrogates = false, maxBytes = Number.POSITIVE_INFINITY }: JsonLeniency,
): boolean {
  if (ESCAPED_KEY.test(text) || !text.isWellFormed()) return false;
  const { depth, objects, values } = shapeOf(text, maxDepth);
  return (
    depth <= maxDepth &&
    objects * PLAIN.objectBytes + values * PLAIN.valueBytes <= maxBytes &&
    (loneSurrogates || !text.includes("\\u"))
  );
}

function read(
  text: string,
  path: (string | number)[],
  make: JsonMaker,
  {
    maxDepth = MAX_JSON_DEPTH,
    loneSurrogates = false,
    maxBytes = Number.POSITIVE_INFINITY,
  }: JsonLeniency = {},
): unknown {
  let at = 0;
  let room = maxBytes;

  function fail(message: string): never {
    throw new InvalidRequestError([{ path, message }]);
  }

  function unexpected(): never {
    if (at >= text.length) fail("is not JSON: it ends too early");
    fail(`is not JSON: unexpected ${JSON.stringify(text[at])} at position ${at}`);
  }

  /** Steps over white space and answers the code of the next character, NaN at the end. */
  function peek(): number {
    let code = text.charCodeAt(at);
    while (code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09) {
      at += 1;
      code = text.charCodeAt(at);
    }
    return code;
  }

  function take(bytes: number): void {
    room -= bytes;
    if (room < 0) fail("has too many values: send fewer at once");
  }

  function value(depth: number): unknown {
    take(make.valueBytes);
    switch (peek()) {
      case QUOTE:
        return string();
      case OPEN_BRACE:
        return object(depth + 1);
      case OPEN_BRACKET:
        return array(depth + 1);
      case 0x74:
        return word("true", true);
      case 0x66:
        return word("false", false);
      case 0x6e:
        return word("null", null);
      default:
        return number();
    }
  }

  function object(depth: number): unknown {
    open(depth);
    take(make.objectBytes);
    const members = new Map<string, unknown>();
    if (closes(CLOSE_BRACE)) return make.object(members);
    do {
      if (peek() !== QUOTE) unexpected();
      const key = string();
      if (peek() !== COLON) unexpected();
      at += 1;
      members.set(key, value(depth));
    } while (continues(CLOSE_BRACE));
    return make.object(members);
  }

  function array(depth: number): unknown[] {
    open(depth);
    const elements: unknown[] = [];
    if (closes(CLOSE_BRACKET)) return elements;
    do elements.push(value(depth));
    while (continues(CLOSE_BRACKET));
    return elements;
  }

  function open(depth: number): void {
    if (depth > maxDepth) fail(tooDeep(maxDepth));
    at += 1;
  }

  /** Whether the bracket closes here; steps over it if so. */
  function closes(bracket: number): boolean {
    if (peek() !== bracket) return false;
    at += 1;
    return true;
  }

  /** Steps over the comma or the closing bracket that must follow; answers whether it was a comma. */
  function continues(bracket: number): boolean {
    const next = peek();
    if (next !== COMMA && next !== bracket) unexpected();
    at += 1;
    return next === COMMA;
  }

  function string(): string {
    const start = at;
    const limit = start + SHORT_STRING;
    while (at < limit) {
      at += 1;
      const code = text.charCodeAt(at);
      if (code === QUOTE) {
        at += 1;
        return text.slice(start + 1, at - 1);
      }
      if (code === BACKSLASH) break;
      if (!(code >= 0x20)) unexpected();
    }
    return longString(start);
  }

  function longString(start: number): string {
    const end = stringEnd(text, start);
    const decoded = decode(start, end);
    at = end;
    if (!loneSurrogates && !decoded.isWellFormed()) fail(`holds half a surrogate pair at position ${start}`);
    return decoded;
  }

  function decode(start: number, end: number): string {
    try {
      return JSON.parse(text.slice(start, end));
    } catch {
      return fail(`is not JSON: a bad character or escape, or no end, in the string at position ${start}`);
    }
  }

  function word<T extends null | boolean>(spelling: string, meaning: T): T {
    if (!text.startsWith(spelling, at)) unexpected();
    at += spelling.length;
    return meaning;
  }

  function number(): unknown {
    NUMBER.lastIndex = at;
    const digits = NUMBER.exec(text)?.[0] ?? unexpected();
    at += digits.length;
    return make.number({ digits });
  }

  if (!text.isWellFormed()) fail("holds half a surrogate pair");
  const whole = value(0);
  peek();
  if (at < text.length) unexpected();
  return whole;
}

/**
 * Reads the text of a document, which is a JSON object, as `parseJson` does.
 *
 * @throws InvalidRequestError also when the text is another JSON value
 */
export function parseJsonObject(
  text: string,
  path: (string | number)[],
  leniency?: JsonLeniency,
): JsonObject {
  const value = parseJson(text, path, leniency);
  if (!isJsonObject(value)) throw new InvalidRequestError([{ path, message: "must be a JSON object" }]);
  return value;
}

/**
 * Checks a document that is a part of a text parsed with a greater `maxDepth`.
 *
 * @throws InvalidRequestError when it nests deeper than `MAX_JSON_DEPTH`
 */
export function checkDepth(document: JsonValue, path: (string | number)[]): void {
  if (jsonDepth(document) > MAX_JSON_DEPTH) {
    throw new InvalidRequestError([{ path, message: tooDeep(MAX_JSON_DEPTH) }]);
  }
}

function tooDeep(maxDepth: number): string {
  return `nests deeper than ${maxDepth} levels`;
}
