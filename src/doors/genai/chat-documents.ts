import { z } from "zod";
import { InvalidRequestError } from "../../model/base/errors.ts";
import { MAX_BODY_MEMORY, parseJsonObject } from "../../model/json/parse.ts";
import { plainJson } from "../../model/json/plain.ts";
import { UnprocessableError } from "../fastapi/fault.ts";
import { readString } from "../fastapi/readers.ts";
import { bool, dictOf, int, number, strict, text, texts } from "../fastapi/types.ts";
import { validate } from "../fastapi/validate.ts";

/** Far more labels than a thread has; it bounds the work of checking them. */
const MAX_LABELS = 1000;

const optionalText = text().nullable().optional();
const optionalTexts = texts().nullable().optional();
const optionalFlag = strict("boolean", bool()).nullable().optional();
const optionalTextMap = dictOf(readString, { maxLength: MAX_LABELS }).nullable().optional();

/**
 * What clients give of a chat that is kept under its name as it came. It must be what it is documented to be as it
 * stands, for nothing is made of it; members that are not named here are kept too.
 */
export const chatDocuments = {
  sessionId: optionalText,
  description: optionalText,
  summary: optionalText,
  category: optionalText,
  customMetadata: z
    .object({
      tags: optionalTexts,
      labels: optionalTextMap,
      annotations: optionalTextMap,
      source: optionalText,
      version: optionalText,
      extra: optionalTextMap,
    })
    .nullable()
    .optional(),
  parentThreadId: optionalText,
  relatedThreads: optionalTexts,
  settings: z
    .object({
      temperature: strict("number", number({ le: 2 }))
        .nullable()
        .optional(),
      maxTokens: strict("number", int({ ge: 1 }))
        .nullable()
        .optional(),
      useRag: optionalFlag,
      persona: optionalText,
      stance: optionalText,
      autoTitle: optionalFlag,
      notifications: optionalFlag,
    })
    .nullable()
    .optional(),
  pinnedDocuments: optionalTexts,
  permissions: z
    .object({
      ownerId: optionalText,
      canRead: optionalTexts,
      canWrite: optionalTexts,
      canDelete: optionalTexts,
      isPublic: optionalFlag,
      shareLink: optionalText,
    })
    .nullable()
    .optional(),
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
