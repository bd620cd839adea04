import { Buffer } from "node:buffer";

/** The longest prefix of whole characters that is at most `maxBytes` long in UTF-8. */
export function cutText(text: string, maxBytes: number): string {
  // A UTF-16 unit takes one byte to three.
  if (text.length * 3 <= maxBytes) return text;
  if (text.length <= maxBytes && Buffer.byteLength(text) <= maxBytes) return text;
  const bytes = Buffer.from(text.slice(0, maxBytes));
  let end = Math.min(maxBytes, bytes.length);
  // Bytes 10xxxxxx continue a character.
  while (end > 0 && end < bytes.length && (bytes[end]! & 0xc0) === 0x80) end--;
  return bytes.toString("utf8", 0, end);
}
