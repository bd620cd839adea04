import type { z } from "zod";
import { MAX_BODY_MEMORY, parseJson } from "../../model/json/parse.ts";
import { plainJson } from "../../model/json/plain.ts";
import { printJson } from "../../model/json/print.ts";
import { isJsonObject, type JsonObject } from "../../model/json/value.ts";
import { parseJsonBody } from "../fastapi/json-body.ts";
import { validate } from "../fastapi/validate.ts";
import { chatDocuments } from "../genai/chat-documents.ts";
import { textOfBody } from "../kit/decode/utf8.ts";
import { type BodyReader, defineBodies } from "../kit/http/bodies.ts";
import { appendRequest, createRequest, patchRequest } from "./requests.ts";

/** What a body is read as. */
interface ChatBody<T extends z.ZodType> {
  checked: z.output<T>;
  /** What of it is kept under its name, as it was written: a JSON object. */
  documents: string;
  /** The messages in it, each as it was written. */
  messages: string[];
}

/** How the bodies of each request are read. */
export const readers = {
  append: readerOf(appendRequest),
  create: readerOf(createRequest),
  patch: readerOf(patchRequest),
};

/** The bodies of this door; reading one throws UnprocessableError or InvalidRequestError. */
export const chatBodies = defineBodies("chatBody", readers);

function readerOf<T extends z.ZodType>(type: T): BodyReader<ChatBody<T>> {
  return {
    type,
    read(bytes) {
      const written = parseJsonBody(textOfBody(bytes), parseJson, { maxBytes: MAX_BODY_MEMORY });
      const checked = validate(type, plainJson(written), ["body"]);
      const members: JsonObject = isJsonObject(written) ? written : new Map();
      const documents = members.entries().filter(([name]) => Object.hasOwn(chatDocuments, name));
      const messages = members.get("messages");
      return {
        checked,
        documents: printJson(new Map(documents)),
        messages: Array.isArray(messages) ? messages.map(printJson) : [],
      };
    },
  };
}
