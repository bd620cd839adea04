import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  openSqliteStore,
  type SqliteOptions,
  type SqliteStore,
} from "../../../src/store/sqlite/engine/engine.ts";

/** A SQLite store in a folder of its own. */
export interface TemporaryStore {
  store: SqliteStore;
  file: string;
  /** Closes the store and opens the file again. */
  reopen(): Promise<SqliteStore>;
  /** Waits until nothing is to be derived again in the store that was opened last. */
  derived(): Promise<void>;
  /** Closes the store and removes the file. */
  close(): Promise<void>;
}

/** Opens an empty store for a test. */
export async function openTemporaryStore(options: Partial<SqliteOptions> = {}): Promise<TemporaryStore> {
  const folder = await mkdtemp(join(tmpdir(), "skein-"));
  const file = join(folder, "skein.db");
  let derived = Promise.withResolvers<void>();
  const open = async () => {
    derived = Promise.withResolvers<void>();
    let hasBegun = false;
    const store = await openSqliteStore({
      file,
      durability: "relaxed",
      snapshotMs: 60_000,
      maxQueuedBytes: 64 * 1024 * 1024,
      ...options,
      onDerivation(left) {
        hasBegun = true;
        options.onDerivation?.(left);
        if (left.length === 0) derived.resolve();
      },
    });
    if (!hasBegun) derived.resolve();
    return store;
  };
  let store = await open();
  return {
    store,
    file,
    async reopen() {
      await store.close();
      store = await open();
      return store;
    },
    derived: () => derived.promise,
    async close() {
      await store.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
