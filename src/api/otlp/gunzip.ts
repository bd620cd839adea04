import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import { InvalidRequestError, TooLargeError } from "../../model/errors.ts";

const gunzipAsync = promisify(gunzip);

/**
 * Decompresses a request's body off the event loop, never past `maxBytes`.
 *
 * @throws TooLargeError when it would be larger, InvalidRequestError when it is not gzip.
 */
export async function gunzipBody(bytes: Uint8Array, maxBytes: number): Promise<Uint8Array> {
  try {
    return await gunzipAsync(bytes, { maxOutputLength: maxBytes, chunkSize: 64 * 1024 });
  } catch (error) {
    if (error instanceof RangeError) {
      throw new TooLargeError(`the decompressed body is larger than ${maxBytes} bytes; send smaller batches`);
    }
    const reason = error instanceof Error ? error.message : String(error);
    throw new InvalidRequestError([{ path: ["body"], message: `is not gzip: ${reason}` }]);
  }
}
