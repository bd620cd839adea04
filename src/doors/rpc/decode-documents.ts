import { type FaultPath, InvalidRequestError } from "../../model/base/errors.ts";
import { MAX_BODY_MEMORY, parseJson, parseJsonObject } from "../../model/json/parse.ts";
import { checkFilter } from "../../model/query/containment.ts";
import { updateState } from "../../model/threads/state-update.ts";
import { checkChatDocuments } from "../genai/chat-documents.ts";

/** What a field's text must be: any object, an array, an object that others have to contain, an update of a state, or what is kept of a chat. */
export type DocumentKind = "object" | "array" | "filter" | "update" | "chat";

/** A field whose text is a JSON document. */
export interface DocumentField {
  kind: DocumentKind;
  text: string;
  /** Its place in the request, for the error. */
  path: FaultPath;
}

/**
 * Checks documents; a `Decoder`.
 *
 * @returns whether each says anything: an empty text does not, nor an empty filter
 * @throws InvalidRequestError for the first that is not what it must be
 */
export function decodeDocuments({ fields }: { fields: DocumentField[] }): boolean[] {
  return fields.map(({ kind, text, path }) => CHECKS[kind](text, path));
}

const LENIENCY = { maxBytes: MAX_BODY_MEMORY };

const CHECKS: Record<DocumentKind, (text: string, path: FaultPath) => boolean> = {
  object(text, path) {
    if (text === "") return false;
    parseJsonObject(text, path, LENIENCY);
    return true;
  },

  array(text, path) {
    if (text === "") return false;
    if (Array.isArray(parseJson(text, path, LENIENCY))) return true;
    throw new InvalidRequestError([{ path, message: "must be a JSON array" }]);
  },

  filter(text, path) {
    if (text === "") return false;
    const filter = parseJsonObject(text, path, LENIENCY);
    checkFilter(filter, path);
    return filter.size > 0;
  },

  // The rule refuses an update whatever the state, so the fault is found here, where the field has a name.
  update(text, path) {
    updateState(null, parseJsonObject(text, path, LENIENCY), path);
    return true;
  },

  chat(text, path) {
    if (text === "") return false;
    checkChatDocuments(text, path);
    return true;
  },
};
