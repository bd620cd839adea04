import type { z } from "zod";
import { MAX_BODY_MEMORY, MAX_JSON_DEPTH, parseJsonObject } from "../../model/json/parse.ts";
import { textOfBody } from "../kit/decode/utf8.ts";
import { type BodyReader, defineBodies } from "../kit/http/bodies.ts";
import { check } from "./check.ts";
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

/** Bodies may nest as deep as the documents in them, and have some levels around these. */
const LENIENCY = { maxDepth: MAX_JSON_DEPTH + 10, maxBytes: MAX_BODY_MEMORY };

/** How the bodies of each request are read; documents in them are texts then. */
export const readers = {
  count: readerOf(countRequest),
  create: readerOf(createRequest),
  history: readerOf(historyRequest),
  patch: readerOf(patchRequest),
  prune: readerOf(pruneRequest),
  search: readerOf(searchRequest),
  state: readerOf(stateRequest),
  updateState: readerOf(updateStateRequest),
};

/** The bodies of this door, an empty object where there is none; reading one throws InvalidRequestError. */
export const langgraphBodies = defineBodies("langgraphBody", readers);

function readerOf<T extends z.ZodType>(type: T): BodyReader<z.output<T>> {
  return {
    type,
    read: (bytes) => check(type, parseJsonObject(textOfBody(bytes) || "{}", ["body"], LENIENCY)),
  };
}
