import { InvalidRequestError } from "../base/errors.ts";
import { type JsonShape, plainEnd, scalarEnd, shapeOf, skipSpace, stringEnd } from "./scan.ts";
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

/** What `parseJson` takes beyond its defaults. */
export interface JsonLeniency {
  /** How deep the text may nest instead of `MAX_JSON_DEPTH`. */
  maxDepth?: number;
  /** Whether a string may hold half a surrogate pair, written as an escape. */
  loneSurrogates?: boolean;
  /** About how much memory may be taken by what is read; any, if it is not said. */
  maxBytes?: number;
  /** The text's shape, no further than `maxDepth`, where it is known: it spares measuring it again. */
  shape?: JsonShape;
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
  {
    maxDepth = MAX_JSON_DEPTH,
    loneSurrogates = false,
    maxBytes = Number.POSITIVE_INFINITY,
    shape,
  }: JsonLeniency,
): boolean {
  if (ESCAPED_KEY.test(text) || !text.isWellFormed()) return false;
  const { depth, objects, values } = shape ?? shapeOf(text, maxDepth);
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
  leniency: JsonLeniency = {},
): unknown {
  return new Reader(text, path, make, leniency).whole();
}

/** Steps through one text. */
class Reader {
  readonly #text: string;
  readonly #path: (string | number)[];
  readonly #make: JsonMaker;
  readonly #maxDepth: number;
  readonly #loneSurrogates: boolean;
  #room: number;
  #at = 0;

  constructor(text: string, path: (string | number)[], make: JsonMaker, leniency: JsonLeniency) {
    this.#text = text;
    this.#path = path;
    this.#make = make;
    this.#maxDepth = leniency.maxDepth ?? MAX_JSON_DEPTH;
    this.#loneSurrogates = leniency.loneSurrogates ?? false;
    this.#room = leniency.maxBytes ?? Number.POSITIVE_INFINITY;
  }

  /** The value that the text is. */
  whole(): unknown {
    if (!this.#text.isWellFormed()) this.#fail("holds half a surrogate pair");
    const value = this.#value(0);
    if (this.#peek() !== undefined) this.#unexpected();
    return value;
  }

  #value(depth: number): unknown {
    this.#take(this.#make.valueBytes);
    switch (this.#peek()) {
      case '"':
        return this.#string();
      case "{":
        return this.#object(depth + 1);
      case "[":
        return this.#array(depth + 1);
      default:
        return this.#scalar();
    }
  }

  #object(depth: number): unknown {
    this.#open(depth);
    this.#take(this.#make.objectBytes);
    const members = new Map<string, unknown>();
    if (this.#closes("}")) return this.#make.object(members);
    do {
      if (this.#peek() !== '"') this.#unexpected();
      const key = this.#string();
      if (this.#peek() !== ":") this.#unexpected();
      this.#at += 1;
      members.set(key, this.#value(depth));
    } while (this.#continues("}"));
    return this.#make.object(members);
  }

  #array(depth: number): unknown[] {
    this.#open(depth);
    const elements: unknown[] = [];
    if (this.#closes("]")) return elements;
    do elements.push(this.#value(depth));
    while (this.#continues("]"));
    return elements;
  }

  #open(depth: number): void {
    if (depth > this.#maxDepth) this.#fail(tooDeep(this.#maxDepth));
    this.#at += 1;
  }

  /** Whether the bracket closes here; steps over it if so. */
  #closes(bracket: string): boolean {
    if (this.#peek() !== bracket) return false;
    this.#at += 1;
    return true;
  }

  /** Steps over the comma or the closing bracket that must follow; answers whether it was a comma. */
  #continues(bracket: string): boolean {
    const next = this.#peek();
    if (next !== "," && next !== bracket) this.#unexpected();
    this.#at += 1;
    return next === ",";
  }

  #string(): string {
    const start = this.#at;
    const end = plainEnd(this.#text, start + 1, start + 1 + SHORT_STRING);
    const stop = this.#text[end];
    if (stop === '"') {
      this.#at = end + 1;
      return this.#text.slice(start + 1, end);
    }
    if (stop === "\\" || end > start + SHORT_STRING) return this.#longString(start);
    this.#at = end;
    return this.#unexpected();
  }

  #longString(start: number): string {
    this.#at = stringEnd(this.#text, start);
    const decoded = this.#decode(start, this.#at);
    if (!this.#loneSurrogates && !decoded.isWellFormed()) {
      this.#fail(`holds half a surrogate pair at position ${start}`);
    }
    return decoded;
  }

  #decode(start: number, end: number): string {
    try {
      return JSON.parse(this.#text.slice(start, end));
    } catch {
      return this.#fail(
        `is not JSON: a bad character or escape, or no end, in the string at position ${start}`,
      );
    }
  }

  #scalar(): unknown {
    const start = this.#at;
    const end = scalarEnd(this.#text, start);
    if (end === start) this.#unexpected();
    this.#at = end;
    switch (this.#text[start]) {
      case "t":
        return true;
      case "f":
        return false;
      case "n":
        return null;
      default:
        return this.#make.number({ digits: this.#text.slice(start, end) });
    }
  }

  /** Steps over white space and answers the next character, undefined at the end. */
  #peek(): string | undefined {
    this.#at = skipSpace(this.#text, this.#at);
    return this.#text[this.#at];
  }

  #take(bytes: number): void {
    this.#room -= bytes;
    if (this.#room < 0) this.#fail("has too many values: send fewer at once");
  }

  #unexpected(): never {
    const next = this.#text[this.#at];
    if (next === undefined) this.#fail("is not JSON: it ends too early");
    this.#fail(`is not JSON: unexpected ${JSON.stringify(next)} at position ${this.#at}`);
  }

  #fail(message: string): never {
    throw new InvalidRequestError([{ path: this.#path, message }]);
  }
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
