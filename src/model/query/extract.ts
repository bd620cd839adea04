import { InvalidRequestError } from "../base/errors.ts";
import { isJsonObject, type JsonValue } from "../json/value.ts";

/** The documents of a thread. */
const THREAD_DOCUMENTS = ["values", "metadata", "config", "interrupts"] as const;

type ThreadDocument = (typeof THREAD_DOCUMENTS)[number];

/** The fields of a thread, in the words of LangGraph's API. */
export const THREAD_FIELDS = [
  "thread_id",
  "created_at",
  "updated_at",
  "state_updated_at",
  "metadata",
  "config",
  "status",
  "values",
  "interrupts",
] as const;

/** How many values one search may extract. */
const MAX_EXTRACTS = 10;

/** A place in one of a thread's documents. */
export interface ExtractPath {
  document: ThreadDocument;
  /** A text is the key of an object, a number the index in an array, from the end if negative. */
  steps: (string | number)[];
}

const ALIAS = /^[a-zA-Z_][a-zA-Z0-9_]*$/;
const INDEX = /^\[(-?[0-9]+)\]$/;

/**
 * Reads the path of a value to extract: the name of a document, then keys after `.` and indexes in brackets, such as
 * `values.messages[-1].content`. Empty keys are passed over: `a..b` is `a.b`.
 *
 * @param path the field that holds the text, for the error
 * @throws InvalidRequestError when it starts with another name, or something else than an integer stands in brackets
 */
export function parseExtractPath(text: string, path: (string | number)[]): ExtractPath {
  const [first, ...rest] = text.split(/\.|(?=\[)/);
  const document = THREAD_DOCUMENTS.find((name) => name === first);
  if (document === undefined) {
    const message = `must start with one of ${THREAD_DOCUMENTS.join(", ")}`;
    throw new InvalidRequestError([{ path, message }]);
  }
  const steps = rest.filter((part) => part !== "").map((part) => stepOf(part, path));
  return { document, steps };
}

function stepOf(part: string, path: (string | number)[]): string | number {
  if (!part.startsWith("[")) return part;
  const index = INDEX.exec(part)?.[1];
  if (index === undefined) {
    const message = "must have an integer in each pair of brackets, and . or [ after it";
    throw new InvalidRequestError([{ path, message }]);
  }
  return Number(index);
}

/**
 * Reads the paths of one search by the alias that each one's value is returned under.
 *
 * @throws InvalidRequestError when there are more than `MAX_EXTRACTS`, an alias is not a plain name or is a thread's
 *   field, or a path is wrong
 */
export function parseExtracts(
  aliases: Iterable<[string, string]>,
  path: (string | number)[],
): Map<string, ExtractPath> {
  const paths = new Map<string, ExtractPath>();
  for (const [alias, text] of aliases) {
    if (paths.size === MAX_EXTRACTS) {
      throw new InvalidRequestError([{ path, message: `has more than ${MAX_EXTRACTS} aliases` }]);
    }
    checkAlias(alias, [...path, alias]);
    paths.set(alias, parseExtractPath(text, [...path, alias]));
  }
  return paths;
}

function checkAlias(alias: string, path: (string | number)[]): void {
  if (!ALIAS.test(alias)) {
    const message = "must be an alias of letters, digits and underscores that starts with no digit";
    throw new InvalidRequestError([{ path, message }]);
  }
  if (THREAD_FIELDS.some((field) => field === alias)) {
    throw new InvalidRequestError([{ path, message: "must not be the name of a thread's field" }]);
  }
}

/** The value at the end of some steps into a document; null where they lead nowhere, as in a document that is null. */
export function extract(document: JsonValue, steps: (string | number)[]): JsonValue {
  let value: JsonValue | undefined = document;
  for (const step of steps) {
    if (typeof step === "number") value = Array.isArray(value) ? value.at(step) : undefined;
    else value = isJsonObject(value) ? value.get(step) : undefined;
  }
  return value ?? null;
}
