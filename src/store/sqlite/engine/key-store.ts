import { storeClosed } from "../../errors.ts";
import type { KeyStore } from "../../roles/keys.ts";
import type { Database } from "../connection/database.ts";
import { findKeys, hasKeys, listKeys } from "../tables/api-keys.ts";
import type { WriteQueue } from "../workers/write-queue.ts";

/** Keys, over a connection that reads, which sees at once what other processes commit, and the queue of writes. */
export function createKeyStore(main: Database, queue: WriteQueue): KeyStore {
  /** The connection, while it is open. Every request asks: a read of one statement needs no transaction. */
  function open(): Database {
    if (!main.open) throw storeClosed();
    return main;
  }

  return {
    createKey: (key) => queue.write("createKey", key),
    revokeKey: (idOrName, now) => queue.write("revokeKey", { idOrName, now }),
    hasKeys: async () => hasKeys(open()),
    listKeys: async () => listKeys(open()),
    findKeys: async (prefix) => findKeys(open(), prefix),
  };
}
