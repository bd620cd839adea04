import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { mutateBytes } from "./odd.ts";
import type { Rng } from "./rng.ts";

/**
 * A message of a stream in its envelope: a byte of flags, its length, itself. With an encoding it is mostly compressed by
 * it; at times the flags or the length lie.
 */
export function envelope(message: Buffer, encoding: string | null, rng: Rng): Buffer {
  const isCompressed = encoding !== null && rng.chance(0.8);
  const body = isCompressed ? oddCompressed(message, encoding, rng) : message;
  const flags = rng.chance(0.94)
    ? Number(isCompressed)
    : rng.pick([1, 2, 3, 0x80, 0x81, 0xff, rng.below(256)]);
  const length = rng.chance(0.97)
    ? body.length
    : rng.pick([0, body.length + 1, body.length >> 1, 2 ** 24 + 1, 2 ** 31, 2 ** 32 - 1]);
  const head = Buffer.alloc(5);
  head.writeUInt8(flags);
  head.writeUInt32BE(length, 1);
  return Buffer.concat([head, body]);
}

/** Bytes compressed by what an encoding names; at times broken, not compressed at all, or a bomb. */
export function oddCompressed(bytes: Buffer, encoding: string, rng: Rng): Buffer {
  if (rng.chance(0.1)) return bytes;
  const given = rng.chance(0.02) ? Buffer.alloc(rng.pick([2 ** 20, 20 * 2 ** 20])) : bytes;
  const packed = encoding.includes("br")
    ? brotliCompressSync(given, { params: { [constants.BROTLI_PARAM_QUALITY]: 1 } })
    : gzipSync(given, { level: 1 });
  return rng.chance(0.2) ? mutateBytes(packed, rng) : packed;
}
