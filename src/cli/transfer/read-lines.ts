import { createReadStream } from "node:fs";

/** A line longer than this is no line of an export: a string holds no more. */
const MAX_LINE_BYTES = 2 ** 29 - 2 ** 16;

const NEWLINE = 0x0a;

/** A line of a file, in bytes. */
export interface RawLine {
  bytes: Buffer;
  /** Where it ends in the file, in bytes from its start. */
  end: number;
  /** Whether a line feed ends it; only the last line of a file can lack it. */
  isWhole: boolean;
}

/**
 * Yields the lines of a file without their line feeds. Holds a line at a time, and a little of what follows.
 *
 * @throws RangeError when a line is longer than any line of an export
 */
export async function* readLines(file: string, signal?: AbortSignal): AsyncGenerator<RawLine> {
  let waiting: Buffer[] = [];
  let length = 0;
  let end = 0;
  const take = (rest: Buffer): Buffer => {
    const bytes = Buffer.concat([...waiting, rest]);
    waiting = [];
    length = 0;
    return bytes;
  };
  for await (const chunk of createReadStream(file, { signal, highWaterMark: 256 * 1024 })) {
    const read = chunk as Buffer;
    let start = 0;
    for (let at = read.indexOf(NEWLINE); at !== -1; at = read.indexOf(NEWLINE, start)) {
      const bytes = take(read.subarray(start, at));
      start = at + 1;
      end += bytes.length + 1;
      yield { bytes, end, isWhole: true };
    }
    waiting.push(read.subarray(start));
    length += read.length - start;
    if (length > MAX_LINE_BYTES) throw new RangeError("is longer than any line of an export");
  }
  const bytes = take(Buffer.alloc(0));
  if (bytes.length > 0) yield { bytes, end: end + bytes.length, isWhole: false };
}
