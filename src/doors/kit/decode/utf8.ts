import { InvalidRequestError } from "../../../model/base/errors.ts";

const decoder = new TextDecoder("utf-8", { fatal: true });

/** The text that bytes are in UTF-8; null where they are none. */
export function textOf(bytes: Uint8Array): string | null {
  try {
    return decoder.decode(bytes);
  } catch {
    return null;
  }
}

/**
 * The text of a body.
 *
 * @throws InvalidRequestError when it is not UTF-8
 */
export function textOfBody(bytes: Uint8Array): string {
  const text = textOf(bytes);
  if (text === null) throw new InvalidRequestError([{ path: ["body"], message: "is not UTF-8" }]);
  return text;
}
