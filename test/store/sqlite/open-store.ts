import type { Derivation } from "../../../src/store/roles/derivation.ts";
import {
  openSqliteStore,
  type SqliteOptions,
  type SqliteStore,
} from "../../../src/store/sqlite/engine/engine.ts";
import { inTemporaryFolder, type TemporaryStore as OpenedFile } from "../temporary-store.ts";
import { expectDerivedRows } from "./derived-rows.ts";

/** A SQLite store in a folder of its own. */
export interface TemporaryStore extends OpenedFile<SqliteStore> {
  /** Waits until nothing is to be derived again in the store that was opened last. */
  derived(): Promise<void>;
}

/** A store, and what it tells of what it derives again. */
interface OpenedStore {
  store: SqliteStore;
  /** What was left, at first and after each slice. */
  told: Derivation[][];
  /** Resolves when nothing is left. */
  derived: Promise<void>;
}

/** Opens the store in a file. */
export async function openStoreAt(file: string, options: Partial<SqliteOptions> = {}): Promise<OpenedStore> {
  const derived = Promise.withResolvers<void>();
  const told: Derivation[][] = [];
  const store = await openSqliteStore({
    file,
    durability: "relaxed",
    snapshotMs: 60_000,
    maxQueuedBytes: 64 * 1024 * 1024,
    onDerivation(left) {
      told.push(left);
      if (left.length === 0) derived.resolve();
    },
    ...options,
  });
  if (told.length === 0) derived.resolve();
  return { store, told, derived: derived.promise };
}

/** Opens an empty SQLite store for a test. */
export async function openTemporaryStore(options: Partial<SqliteOptions> = {}): Promise<TemporaryStore> {
  let derived = Promise.resolve();
  const temporary = await inTemporaryFolder(async (file) => {
    const opened = await openStoreAt(file, options);
    derived = opened.derived;
    return opened.store;
  }, expectDerivedRows);
  return { ...temporary, derived: () => derived };
}
