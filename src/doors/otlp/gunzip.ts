import { createGunzip } from "node:zlib";
import { InvalidRequestError, OverloadedError, TooLargeError } from "../../model/base/errors.ts";
import { quoted } from "../../model/base/quoted.ts";
import type { BodyAccount } from "../kit/http/body-budget.ts";

/** The most that a part has. */
const PART_BYTES = 256 * 1024;

/**
 * Decompresses a request's body off the event loop, never past `maxBytes`. It comes in parts, for joining megabytes
 * would hold the loop; all count
 * in the account.
 *
 * @throws TooLargeError when it would be larger, InvalidRequestError when it is not gzip.
 */
export async function gunzipBody(
  bytes: Uint8Array,
  maxBytes: number,
  account: BodyAccount,
): Promise<Uint8Array[]> {
  const parts: Uint8Array[] = [];
  let total = 0;
  try {
    const gunzip = createGunzip({ chunkSize: PART_BYTES });
    gunzip.end(bytes);
    for await (const part of gunzip) {
      total += part.length;
      if (total > maxBytes) break;
      await account.take(part.length);
      parts.push(part);
    }
  } catch (error) {
    if (error instanceof OverloadedError) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new InvalidRequestError([{ path: ["body"], message: `is not gzip: ${quoted(reason)}` }]);
  }
  account.complete();
  if (total <= maxBytes) return parts;
  throw new TooLargeError(`the decompressed body is larger than ${maxBytes} bytes; send smaller batches`);
}
