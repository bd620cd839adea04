import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openStore } from "../../src/store/open-store.ts";
import type { Store } from "../../src/store/store.ts";
import { createStorePool } from "./pooled-store.ts";

/** A store in a folder of its own. */
export interface TemporaryStore<Opened extends Store = Store> {
  store: Opened;
  file: string;
  /** Closes the store and opens the file again. */
  reopen(): Promise<Opened>;
  /** Closes the store and removes the file. */
  close(): Promise<void>;
}

/** An empty store for a test; it may be one that was another test's before, which `close` gives back. */
export const openTemporaryStore = createStorePool(() =>
  inTemporaryFolder((db) => openStore({ db, durability: "relaxed" })),
);

/** Opens a store in a new folder. `check` is given the file when the store is closed, before it is removed. */
export async function inTemporaryFolder<Opened extends Store>(
  open: (file: string) => Promise<Opened>,
  check?: (file: string) => void,
): Promise<TemporaryStore<Opened>> {
  const folder = await mkdtemp(join(tmpdir(), "skein-"));
  const file = join(folder, "skein.db");
  let store = await open(file);
  return {
    store,
    file,
    async reopen() {
      await store.close();
      store = await open(file);
      return store;
    },
    async close() {
      await store.close();
      try {
        check?.(file);
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
    },
  };
}
