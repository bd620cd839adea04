import type { z } from "zod";
import { InvalidRequestError } from "../../model/base/errors.ts";
import { MAX_BODY_MEMORY, MAX_JSON_DEPTH, parseJsonObject } from "../../model/json/parse.ts";
import { checkBody } from "../kit/decode/each-item.ts";
import {
  countRequest,
  createRequest,
  historyRequest,
  patchRequest,
  pruneRequest,
  searchRequest,
  stateRequest,
  updateStateRequest,
} from "./requests.ts";

const TYPES = {
  count: countRequest,
  create: createRequest,
  history: historyRequest,
  patch: patchRequest,
  prune: pruneRequest,
  search: searchRequest,
  state: stateRequest,
  updateState: updateStateRequest,
};

/** Bodies may nest as deep as the documents in them, and have some levels around these. */
const LENIENCY = { maxDepth: MAX_JSON_DEPTH + 10, maxBytes: MAX_BODY_MEMORY };

/** The requests that have a body. */
export type BodyType = keyof typeof TYPES;

/** What a body is read as; documents in it are texts. */
export type DecodedBody<Name extends BodyType> = z.output<(typeof TYPES)[Name]>;

/** Reads a body by its type, as `readBody` says; a `Decoder`. */
export function decodeBody({ type, bytes }: { type: BodyType; bytes: Uint8Array }): DecodedBody<BodyType> {
  const body = parseJsonObject(textOf(bytes) || "{}", ["body"], LENIENCY);
  return check(TYPES[type], body);
}

/**
 * Checks a value by its type. Lists are looked at until `MAX_FAULTS` faults are found.
 *
 * @throws InvalidRequestError with every fault
 */
export function check<T extends z.ZodType>(type: T, value: unknown): z.output<T> {
  const result = checkBody(() => type.safeParse(value));
  if (result.success) return result.data;
  throw new InvalidRequestError(
    result.error.issues.map(({ path, message }) => ({ path: path as (string | number)[], message })),
  );
}

function textOf(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new InvalidRequestError([{ path: ["body"], message: "is not UTF-8" }]);
  }
}
