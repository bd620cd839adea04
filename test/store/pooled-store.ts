import type { Store } from "../../src/store/store.ts";
import { emptyFile } from "./sqlite/empty-file.ts";
import type { TemporaryStore } from "./temporary-store.ts";

/**
 * Makes the function that gives a test an empty store. `close` keeps the store for a test that comes later, since to
 * open one means to start workers; a store that a test has closed itself, or broken, is removed.
 */
export function createStorePool(open: () => Promise<TemporaryStore>): () => Promise<TemporaryStore> {
  const idle: TemporaryStore[] = [];

  async function take(): Promise<TemporaryStore> {
    const kept = idle.pop();
    if (kept === undefined) return await open();
    if (await makeEmpty(kept)) return kept;
    await kept.close();
    return await take();
  }

  return async () => {
    const taken = await take();
    let isGiven = true;
    return {
      ...taken,
      async reopen() {
        taken.store = await taken.reopen();
        return taken.store;
      },
      async close() {
        if (isGiven) idle.push(taken);
        isGiven = false;
      },
    };
  };
}

/** Empties a store that may have been used in any way; returns whether that can be used again. */
async function makeEmpty({ store, file }: TemporaryStore): Promise<boolean> {
  try {
    // Waits for the writes before it, of which nothing may come later.
    await removeNothing(store);
    emptyFile(file);
    return await store.isEmpty();
  } catch {
    return false;
  }
}

async function removeNothing(store: Store): Promise<void> {
  await store.deleteCalls({ projectId: "none", callIds: [], now: 0 });
}
