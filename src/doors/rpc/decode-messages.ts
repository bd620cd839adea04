import type { FaultPath } from "../../model/base/errors.ts";
import { MAX_BODY_MEMORY, parseJsonObject } from "../../model/json/parse.ts";
import { plainJson } from "../../model/json/plain.ts";
import { findMessages } from "../genai/find-messages.ts";

/** A message's document, and whether the message says its text beside it. */
export interface MessageDocument {
  json: string;
  saysText: boolean;
  /** The document's place in the request, for the error. */
  path: FaultPath;
}

/**
 * Checks the documents of messages; a `Decoder`.
 *
 * @returns for each message that says no text the text found in its document, whichever of the known shapes that has
 * @throws InvalidRequestError for the first that is no JSON object
 */
export function decodeMessages({ documents }: { documents: MessageDocument[] }): string[] {
  return documents.map(({ json, saysText, path }) => {
    if (json === "") return "";
    const document = parseJsonObject(json, path, { maxBytes: MAX_BODY_MEMORY });
    if (saysText) return "";
    return findMessages({ text: json, value: plainJson(document) }, "user").at(0)?.text ?? "";
  });
}
