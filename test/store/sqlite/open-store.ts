import {
  openSqliteStore,
  type SqliteOptions,
  type SqliteStore,
} from "../../../src/store/sqlite/engine/engine.ts";
import { inTemporaryFolder, type TemporaryStore as OpenedStore } from "../temporary-store.ts";

/** A SQLite store in a folder of its own. */
export type TemporaryStore = OpenedStore<SqliteStore>;

/** Opens an empty SQLite store for a test. */
export function openTemporaryStore(options: Partial<SqliteOptions> = {}): Promise<TemporaryStore> {
  return inTemporaryFolder((file) =>
    openSqliteStore({
      file,
      durability: "relaxed",
      snapshotMs: 60_000,
      maxQueuedBytes: 64 * 1024 * 1024,
      ...options,
    }),
  );
}
