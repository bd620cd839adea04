import { randomBytes } from "node:crypto";
import { type Instant, truncateToMilliseconds } from "./instant.ts";

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Whether a text is a UUID of any version. */
export function isUuid(text: string): boolean {
  return UUID.test(text);
}

/** A new UUID of version 7 (RFC 9562): later moments have greater ids. */
export function createUuid(now: Instant): string {
  const bytes = randomBytes(16);
  bytes.writeUIntBE(truncateToMilliseconds(now), 0, 6);
  bytes[6] = 0x70 | (bytes[6]! & 0x0f);
  bytes[8] = 0x80 | (bytes[8]! & 0x3f);
  return bytes.toString("hex").replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}
