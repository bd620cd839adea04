import type { KeyStore } from "../../roles/keys.ts";
import type { Database } from "../connection/database.ts";
import { createReadNow } from "../connection/read-now.ts";
import { findKeys, hasKeys, listKeys } from "../tables/api-keys.ts";
import type { WriteQueue } from "../workers/write-queue.ts";

/** Keys, over a connection that reads, which sees at once what other processes commit, and the queue of writes. */
export function createKeyStore(main: Database, queue: WriteQueue): KeyStore {
  const readNow = createReadNow(main);
  return {
    createKey: (key) => queue.write("createKey", key),
    revokeKey: (idOrName, now) => queue.write("revokeKey", { idOrName, now }),
    hasKeys: async () => readNow(() => hasKeys(main)),
    listKeys: async () => readNow(() => listKeys(main)),
    findKeys: async (prefix) => readNow(() => findKeys(main, prefix)),
  };
}
