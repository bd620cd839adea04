import type { z } from "zod";
import { InvalidRequestError } from "../../model/base/errors.ts";
import { MAX_BODY_MEMORY, parseJson } from "../../model/json/parse.ts";
import { plainJson } from "../../model/json/plain.ts";
import { printJson } from "../../model/json/print.ts";
import { isJsonObject, type JsonObject } from "../../model/json/value.ts";
import { parseJsonBody } from "../fastapi/json-body.ts";
import { validate } from "../fastapi/validate.ts";
import { chatDocuments } from "../genai/chat-documents.ts";
import { appendRequest, createRequest, patchRequest } from "./requests.ts";

const TYPES = { append: appendRequest, create: createRequest, patch: patchRequest };

/** The requests that have a body. */
export type BodyType = keyof typeof TYPES;

/** What a body is read as. */
export interface DecodedBody<Name extends BodyType> {
  checked: z.output<(typeof TYPES)[Name]>;
  /** What of it is kept under its name, as it was written: a JSON object. */
  documents: string;
  /** The messages in it, each as it was written. */
  messages: string[];
}

/** Reads a body by its type, as `readBody` says; a `Decoder`. */
export function decodeBody({ type, bytes }: { type: BodyType; bytes: Uint8Array }): DecodedBody<BodyType> {
  const written = parseJsonBody(textOf(bytes), parseJson, { maxBytes: MAX_BODY_MEMORY });
  const checked = validate(TYPES[type], plainJson(written), ["body"]);
  const members: JsonObject = isJsonObject(written) ? written : new Map();
  const documents = members.entries().filter(([name]) => Object.hasOwn(chatDocuments, name));
  const messages = members.get("messages");
  return {
    checked,
    documents: printJson(new Map(documents)),
    messages: Array.isArray(messages) ? messages.map(printJson) : [],
  };
}

function textOf(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new InvalidRequestError([{ path: ["body"], message: "is not UTF-8" }]);
  }
}
