import type { JsonLeniency } from "../../model/json/parse.ts";
import { UnprocessableError } from "./fault.ts";

/**
 * Parses a JSON body as FastAPI does: nothing at all is `null`, a syntax error is a `json_invalid` entry with the place
 * (in code points) and words of Python's parser.
 *
 * @param parse reads the text, exactly (`parseJson`) or not (`parsePlainJson`)
 * @throws UnprocessableError when the text is not JSON, InvalidRequestError when it is but `parse` refuses it
 */
export function parseJsonBody<Value>(
  text: string,
  parse: (text: string, path: (string | number)[], leniency?: JsonLeniency) => Value,
  leniency?: JsonLeniency,
): Value | null {
  if (text === "") return null;
  try {
    return parse(text, ["body"], leniency);
  } catch (refusal) {
    const fault = findJsonError(text);
    if (fault === null) throw refusal;
    const { offset, error } = fault;
    const pairs = text.slice(0, offset).match(/[\ud800-\udbff][\udc00-\udfff]/g)?.length ?? 0;
    const loc = ["body", offset - pairs];
    throw new UnprocessableError([
      { type: "json_invalid", loc, msg: "JSON decode error", input: {}, ctx: { error } },
    ]);
  }
}

interface JsonError {
  offset: number;
  error: string;
}

const SCALAR = /(?:null|true|false|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?)/y;
const PLAIN = /[ !#-[\]-\uffff]*/y;
const HEX = /[0-9a-fA-F]{4}/y;

/** Finds the first error of a text, in Python's words; null if it is JSON. Steps with a stack of its own: depth is free. */
function findJsonError(text: string): JsonError | null {
  const open: string[] = [];
  let at = skipSpace(text, 0);
  for (;;) {
    const opener = text[at];
    if (opener === "{" || opener === "[") {
      const inside = skipSpace(text, at + 1);
      if (text[inside] === (opener === "{" ? "}" : "]")) {
        at = inside + 1;
      } else {
        open.push(opener);
        const start = opener === "{" ? passKey(text, inside) : inside;
        if (typeof start !== "number") return start;
        at = start;
        continue;
      }
    } else {
      const end = opener === '"' ? passString(text, at) : skip(SCALAR, text, at);
      if (typeof end !== "number") return end;
      if (end === at) return { offset: at, error: "Expecting value" };
      at = end;
    }
    at = skipSpace(text, at);
    while (open.length > 0 && text[at] === (open.at(-1) === "{" ? "}" : "]")) {
      open.pop();
      at = skipSpace(text, at + 1);
    }
    if (open.length === 0) return at === text.length ? null : { offset: at, error: "Extra data" };
    if (text[at] !== ",") return { offset: at, error: "Expecting ',' delimiter" };
    const next = skipSpace(text, at + 1);
    const start = open.at(-1) === "{" ? passKey(text, next) : next;
    if (typeof start !== "number") return start;
    at = start;
  }
}

/** Steps over a key and its colon to the value. */
function passKey(text: string, start: number): number | JsonError {
  if (text[start] !== '"') {
    return { offset: start, error: "Expecting property name enclosed in double quotes" };
  }
  const end = passString(text, start);
  if (typeof end !== "number") return end;
  const colon = skipSpace(text, end);
  if (text[colon] !== ":") return { offset: colon, error: "Expecting ':' delimiter" };
  return skipSpace(text, colon + 1);
}

function passString(text: string, start: number): number | JsonError {
  for (let at = skip(PLAIN, text, start + 1); at < text.length; at = skip(PLAIN, text, at)) {
    if (text[at] === '"') return at + 1;
    if (text[at] !== "\\") return { offset: at, error: "Invalid control character at" };
    const escaped = text[at + 1];
    if (escaped === undefined) break;
    if (escaped === "u") {
      if (skip(HEX, text, at + 2) === at + 2) return { offset: at + 1, error: "Invalid \\uXXXX escape" };
      at += 6;
    } else if ('"\\/bfnrt'.includes(escaped)) {
      at += 2;
    } else {
      return { offset: at, error: "Invalid \\escape" };
    }
  }
  return { offset: start, error: "Unterminated string starting at" };
}

function skipSpace(text: string, start: number): number {
  let at = start;
  while (at < text.length && " \t\n\r".includes(text.charAt(at))) at += 1;
  return at;
}

/** The end of what the pattern matches at a place, or the place itself. */
function skip(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : at;
}
