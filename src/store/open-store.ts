import { createDerivationLog } from "./shared/derivation-log.ts";
import { type BackUpOptions, backUp } from "./sqlite/connection/back-up.ts";
import { holdForServer } from "./sqlite/connection/server-lock.ts";
import { openSqliteStore, type SqliteStore } from "./sqlite/engine/engine.ts";
import type { Store } from "./store.ts";

export { type BackUpOptions, backUp };

/** What of the server's settings a store is opened by. */
export interface StoreSettings {
  db: string;
  durability: "full" | "relaxed";
  writeQueueLimit: number;
  snapshotTime: number;
  shared: boolean;
}

/** A store that a server has, with its hold on where the data is. */
export interface ServedStore {
  store: Store;
  /** Says, to servers that want the same data, where this one listens. */
  announce(url: string): void;
  /** Closes the store, and then lets another server have the data. */
  close(): Promise<void>;
}

/** What the opening for a server goes by. */
export interface ServeOptions {
  /** Ends the wait for another server, which then raises its reason. */
  signal: AbortSignal;
  /** Learns, in lines for people, for what it waits, and what of the store does not work as it should. */
  logger: { info(line: string): void; warn(line: string): void };
}

/**
 * Opens the store that the settings name, whether a server has it or not. The one place that knows the engines.
 *
 * @throws StoreOpenError with one line for people
 */
export function openStore(settings: StoreSettings, logger?: ServeOptions["logger"]): Promise<SqliteStore> {
  return openSqliteStore({
    file: settings.db,
    durability: settings.durability,
    maxQueuedBytes: settings.writeQueueLimit,
    snapshotMs: settings.snapshotTime,
    ...(logger && {
      warn: (line) => logger.warn(line),
      onDerivation: createDerivationLog((line) => logger.info(line)),
    }),
  });
}

/**
 * The same for a server: where another has the data already it waits some seconds for that one to stop, unless they are
 * to share it.
 */
export async function openStoreToServe(
  settings: StoreSettings,
  { signal, logger }: ServeOptions,
): Promise<ServedStore> {
  const lock =
    settings.shared || settings.db === ":memory:"
      ? null
      : await holdForServer(settings.db, { signal, onWait: (line) => logger.info(line) });
  try {
    const store = await openStore(settings, logger);
    return {
      store,
      announce: (url) => lock?.announce(url),
      async close() {
        await store.close();
        lock?.release();
      },
    };
  } catch (error) {
    lock?.release();
    throw error;
  }
}
