import type { KeyStore } from "../../roles/keys.ts";
import { hasKeysRead, keysOfPrefixRead, keysRead } from "../reads/key-lookups.ts";
import type { WriteQueue } from "../workers/write-queue.ts";
import type { Reading } from "./reading.ts";

/** Keys. The connection that reads sees at once what other processes commit. */
export function createKeyStore({ answer }: Reading, queue: WriteQueue): KeyStore {
  return {
    createKey: (key) => queue.write("createKey", key),
    revokeKey: (idOrName, now) => queue.write("revokeKey", { idOrName, now }),
    hasKeys: () => answer(hasKeysRead, null),
    listKeys: () => answer(keysRead, null),
    findKeys: (prefix) => answer(keysOfPrefixRead, prefix),
  };
}
