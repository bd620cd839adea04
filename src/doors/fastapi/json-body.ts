import { firstError, type JsonErrorKind } from "../../model/json/first-error.ts";
import type { JsonLeniency } from "../../model/json/parse.ts";
import { UnprocessableError } from "./fault.ts";

/** What Python's parser says of each error. */
const PYTHON_WORDS: Record<JsonErrorKind, string> = {
  "no value": "Expecting value",
  "no key": "Expecting property name enclosed in double quotes",
  "no colon": "Expecting ':' delimiter",
  "no comma": "Expecting ',' delimiter",
  "more after the end": "Extra data",
  "no closing quote": "Unterminated string starting at",
  "control character": "Invalid control character at",
  "bad escape": "Invalid \\escape",
  "bad unicode escape": "Invalid \\uXXXX escape",
};

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
    const fault = firstError(text);
    if (fault === null) throw refusal;
    const { kind, at } = fault;
    const pairs = text.slice(0, at).match(/[\ud800-\udbff][\udc00-\udfff]/g)?.length ?? 0;
    const loc = ["body", at - pairs];
    const ctx = { error: PYTHON_WORDS[kind] };
    throw new UnprocessableError([{ type: "json_invalid", loc, msg: "JSON decode error", input: {}, ctx }]);
  }
}
