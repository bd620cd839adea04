import { TooLargeError } from "../../../model/base/errors.ts";

/** Messages of a stream are kept below this, unless a single row is larger. */
export const MAX_STREAM_MESSAGE_BYTES = (1 << 20) - 1024;

/** An upper bound of the encoded size of a message field: its texts, and what its numbers take at most. */
export function messageBytes(numberBytes: number, ...texts: string[]): number {
  let bytes = FRAME_BYTES + numberBytes;
  for (const text of texts) bytes += FRAME_BYTES + Buffer.byteLength(text);
  return bytes;
}

/** Tag and length of a field. */
const FRAME_BYTES = 6;

/** The error for a page over the limit of bytes. */
export function pageTooLarge(limit: number, otherWay = ""): TooLargeError {
  return new TooLargeError(
    `the answer is over the limit of ${limit} bytes: set a smaller limit and go on with page_token${otherWay}`,
  );
}
