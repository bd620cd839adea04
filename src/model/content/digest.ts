import { createHash } from "node:crypto";
import { printLikePython } from "../json/python.ts";
import type { JsonValue } from "../json/value.ts";

/**
 * Digests name content: equal content has one digest, whoever works it out. These are Weave's own functions, as its
 * clients work them out themselves too: SHA-256, printed as base64url without padding, `X` for `-` and `Y` for `_`.
 */

/** Works out the digest of bytes that come in pieces. */
export function createDigest(): { add(bytes: Uint8Array): void; finish(): string } {
  const hash = createHash("sha256");
  return {
    add: (bytes) => void hash.update(bytes),
    finish: () => hash.digest("base64url").replaceAll("-", "X").replaceAll("_", "Y"),
  };
}

/**
 * The digest of a JSON value: that of the text Python prints of it with sorted keys, so that neither the order of keys
 * nor the spelling of a float matters.
 */
export function documentDigest(value: JsonValue): string {
  const digest = createDigest();
  digest.add(Buffer.from(printLikePython(value)));
  return digest.finish();
}

/** The digest of a table: the SHA-256, in hexadecimal, of its rows' digests one after the other. */
export function tableDigest(rowDigests: string[]): string {
  const hash = createHash("sha256");
  for (const digest of rowDigests) hash.update(digest);
  return hash.digest("hex");
}
