import { InvalidRequestError } from "../model/base/errors.ts";
import { UnprocessableError } from "./fastapi/fault.ts";
import { createDecoding, type Decoding } from "./kit/decode/decoding.ts";

/** Decoding with the decoders of all doors. */
export function createDoorsDecoding(): Decoding {
  const worker = new URL("./decode-worker.ts", import.meta.url);
  return createDecoding(worker, [InvalidRequestError, UnprocessableError]);
}
