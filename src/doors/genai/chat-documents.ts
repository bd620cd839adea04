import { z } from "zod";
import { InvalidRequestError } from "../../model/base/errors.ts";
import { MAX_BODY_MEMORY, parseJsonObject } from "../../model/json/parse.ts";
import { plainJson } from "../../model/json/plain.ts";
import { UnprocessableError } from "../fastapi/fault.ts";
import { readString } from "../fastapi/readers.ts";
import { bool, dictOf, int, maybe, number, strict, text, texts } from "../fastapi/types.ts";
import { validate } from "../fastapi/validate.ts";

/** Far more labels than a thread has; it bounds the work of checking them. */
const MAX_LABELS = 1000;

const maybeText = maybe(text());
const maybeTexts = maybe(texts());
const maybeFlag = maybe(strict("boolean", bool()));
const maybeTextMap = maybe(dictOf(readString, { maxLength: MAX_LABELS }));

/**
 * What clients give of a chat that is kept under its name as it came. It must be what it is documented to be as it
 * stands, for nothing is made of it; members that are not named here are kept too.
 */
export const chatDocuments = {
  sessionId: maybeText,
  description: maybeText,
  summary: maybeText,
  category: maybeText,
  customMetadata: maybe(
    z.object({
      tags: maybeTexts,
      labels: maybeTextMap,
      annotations: maybeTextMap,
      source: maybeText,
      version: maybeText,
      extra: maybeTextMap,
    }),
  ),
  parentThreadId: maybeText,
  relatedThreads: maybeTexts,
  settings: maybe(
    z.object({
      temperature: maybe(strict("number", number({ le: 2 }))),
      maxTokens: maybe(strict("number", int({ ge: 1 }))),
      useRag: maybeFlag,
      persona: maybeText,
      stance: maybeText,
      autoTitle: maybeFlag,
      notifications: maybeFlag,
    }),
  ),
  pinnedDocuments: maybeTexts,
  permissions: maybe(
    z.object({
      ownerId: maybeText,
      canRead: maybeTexts,
      canWrite: maybeTexts,
      canDelete: maybeTexts,
      isPublic: maybeFlag,
      shareLink: maybeText,
    }),
  ),
};

/**
 * Checks the text of a chat's documents, a JSON object.
 *
 * @param path the field that holds the text, for the error
 * @throws InvalidRequestError when it is another text, or a document is not what it is documented to be
 */
export function checkChatDocuments(written: string, path: (string | number)[]): void {
  const value = plainJson(parseJsonObject(written, path, { maxBytes: MAX_BODY_MEMORY }));
  try {
    validate(z.object(chatDocuments), value, path);
  } catch (error) {
    if (!(error instanceof UnprocessableError)) throw error;
    throw new InvalidRequestError(error.detail.map(({ loc, msg }) => ({ path: [...loc], message: msg })));
  }
}
