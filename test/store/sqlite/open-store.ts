import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  openSqliteStore,
  type SqliteOptions,
  type SqliteStore,
} from "../../../src/store/sqlite/engine/engine.ts";
import { expectDerivedRows } from "./derived-rows.ts";

/** A SQLite store in a folder of its own. */
export interface TemporaryStore {
  store: SqliteStore;
  file: string;
  /** Closes the store and opens the file again. */
  reopen(): Promise<SqliteStore>;
  /** Closes the store, has what its rows derive from others checked, and removes the file. */
  close(): Promise<void>;
}

/** Opens an empty store for a test. */
export async function openTemporaryStore(options: Partial<SqliteOptions> = {}): Promise<TemporaryStore> {
  const folder = await mkdtemp(join(tmpdir(), "skein-"));
  const file = join(folder, "skein.db");
  const open = () =>
    openSqliteStore({
      file,
      durability: "relaxed",
      snapshotMs: 60_000,
      maxQueuedBytes: 64 * 1024 * 1024,
      ...options,
    });
  let store = await open();
  return {
    store,
    file,
    async reopen() {
      await store.close();
      store = await open();
      return store;
    },
    async close() {
      await store.close();
      try {
        if (existsSync(file)) expectDerivedRows(file);
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
    },
  };
}
