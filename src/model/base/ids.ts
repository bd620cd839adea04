import { Buffer } from "node:buffer";
import { isLonger } from "./code-points.ts";

/**
 * The longest id, in bytes of UTF-8: of a project, thread, trace, span, call, message, checkpoint, object, and of all else
 * that an index holds, such as tags, agents, models and types of feedback. Engines count on it: an index has no room for
 * texts of any length. What an older file has beyond it can be read, exported and deleted.
 */
export const MAX_ID_BYTES = 1024;

/** The longest ref that a client gives, in characters (code points). */
export const MAX_REF_LENGTH = 1000;

/** What a refusal says of a longer id, and of a longer ref. */
export const LONG_ID = `must be at most ${MAX_ID_BYTES} bytes long`;
export const LONG_REF = `must be at most ${MAX_REF_LENGTH} characters long`;

/** Whether an id is longer than ids may be. */
export function isLongId(id: string): boolean {
  // A UTF-16 unit takes one byte to three.
  if (id.length * 3 <= MAX_ID_BYTES) return false;
  return id.length > MAX_ID_BYTES || Buffer.byteLength(id) > MAX_ID_BYTES;
}

/** Whether a ref is longer than refs may be. */
export function isLongRef(ref: string): boolean {
  return isLonger(ref, MAX_REF_LENGTH);
}
