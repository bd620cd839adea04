import { MAX_BODY_MEMORY, parseJson, parsePlainJson } from "../../model/json/parse.ts";
import { plainJson } from "../../model/json/plain.ts";
import { type JsonShape, shapeOf } from "../../model/json/scan.ts";
import type { JsonValue } from "../../model/json/value.ts";
import { parseJsonBody } from "../fastapi/json-body.ts";
import { httpError } from "../kit/http/http-error.ts";

/** The depth at which Python's parser gives up too; it bounds the work on brackets that only nest. */
export const MAX_DEPTH = 1000;

/** Far more members than a request has; it bounds the work on keys that mean nothing. */
const MAX_MEMBERS = 1000;

/** A body that was read. */
export interface ParsedBody {
  /** As it came. */
  text: string;
  /** As `JSON.parse` gives it, to be checked. */
  value: unknown;
}

/** One that was read for the documents in it, too. */
export interface ExactBody extends ParsedBody {
  /** With its numbers as they were written. */
  exact: JsonValue;
}

/** Programs cut texts anywhere, and as an escape half a surrogate pair can be stored. */
const LENIENCY = { maxDepth: MAX_DEPTH, loneSurrogates: true, maxBytes: MAX_BODY_MEMORY };

/**
 * Reads the bytes of a JSON body.
 *
 * @throws an error with the status 400 when it nests too deeply or has too many keys, before any more work is done on it, or is not
 *   UTF-8; UnprocessableError when it is not JSON
 */
export function parseBody(bytes: Uint8Array): ParsedBody {
  const { text, shape } = measured(bytes);
  return { text, value: parseJsonBody(text, parsePlainJson, { ...LENIENCY, shape }) };
}

/** The same for a body with documents, at twice the cost. */
export function parseExactBody(bytes: Uint8Array): ExactBody {
  const { text } = measured(bytes);
  const exact = parseJsonBody(text, parseJson, LENIENCY);
  return { text, exact, value: plainJson(exact) };
}

function measured(bytes: Uint8Array): { text: string; shape: JsonShape } {
  const text = decode(bytes);
  const shape = shapeOf(text, MAX_DEPTH);
  const { depth, members } = shape;
  if (depth > MAX_DEPTH) throw httpError(400, "The body is nested too deeply");
  if (members > MAX_MEMBERS) throw httpError(400, `The body has more than ${MAX_MEMBERS} keys`);
  return { text, shape };
}

function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw httpError(400, "The body is not UTF-8");
  }
}
