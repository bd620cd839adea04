import { Buffer } from "node:buffer";
import { cutText } from "./cut-text.ts";

/** The most bytes (UTF-8) of what came that a refusal repeats in one place. */
const MAX_QUOTED_BYTES = 256;

const ELLIPSIS = "…";

/** A text as a refusal repeats it: a longer one is cut at a character and ends in "…". Quoted again it is the same. */
export function quoted(text: string): string {
  if (text.length <= MAX_QUOTED_BYTES && Buffer.byteLength(text) <= MAX_QUOTED_BYTES) return text;
  return cutText(text, MAX_QUOTED_BYTES - Buffer.byteLength(ELLIPSIS)) + ELLIPSIS;
}

/**
 * A JSON value as a refusal repeats it: a text as `quoted` cuts it, null for a list or an object whose text is longer or
 * that holds what is no JSON, such as bytes. Looks at no more of the value than would be repeated.
 */
export function quotedValue(value: unknown): unknown {
  if (typeof value === "string") return quoted(value);
  return roomAfter(value, MAX_QUOTED_BYTES) < 0 ? null : value;
}

/** What is left of some bytes after a value's JSON; less than 0 where it does not fit. */
function roomAfter(value: unknown, room: number): number {
  if (typeof value === "string" && value.length > room) return -1;
  if (typeof value !== "object" || value === null) {
    return room - Buffer.byteLength(JSON.stringify(value) ?? "null");
  }
  let left = room - 2;
  let separators = 0;
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length && left >= 0; index += 1) {
      left = roomAfter(value[index], left - separators);
      separators = 1;
    }
    return left;
  }
  if (Object.getPrototypeOf(value) !== Object.prototype) return -1;
  for (const key in value) {
    left = roomAfter(value[key as keyof typeof value], roomAfter(key, left - separators - 1));
    if (left < 0) break;
    separators = 1;
  }
  return left;
}
