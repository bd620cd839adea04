import { StoreOpenError } from "./errors.ts";
import { createDerivationLog } from "./shared/derivation-log.ts";
import { type BackUpOptions, backUp } from "./sqlite/connection/back-up.ts";
import { holdForServer } from "./sqlite/connection/server-lock.ts";
import { openSqliteStore } from "./sqlite/engine/engine.ts";
import type { Store } from "./store.ts";

export { type BackUpOptions, backUp };

/** Where a store is and how it behaves; the same names as the server's settings have. */
export interface StoreSettings {
  /** The database file; made, with its folder, where there is none. */
  db: string;
  /** What an acknowledged write survives: `full` a power cut, `relaxed` a crash of the process. Full unless given. */
  durability?: "full" | "relaxed";
  /** The most that may wait to be written, in bytes; what comes when more is waiting is refused. */
  writeQueueLimit?: number;
  /** How long one read may hold its snapshot, in milliseconds. */
  snapshotTime?: number;
}

/** The same for a server. */
export interface ServeSettings extends StoreSettings {
  /** Whether other servers may have the same data at the same time. */
  shared: boolean;
}

const WRITE_QUEUE_LIMIT = 64 * 2 ** 20;
const SNAPSHOT_TIME = 5 * 60_000;

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
 * @param logger learns, in lines for people, what the store does in the background, and what of it does not work as it should
 * @throws StoreOpenError with one line for people
 */
export async function openStore(settings: StoreSettings, logger?: ServeOptions["logger"]): Promise<Store> {
  const {
    db,
    durability = "full",
    writeQueueLimit = WRITE_QUEUE_LIMIT,
    snapshotTime = SNAPSHOT_TIME,
  } = settings;
  mustBeFile(db);
  return await openSqliteStore({
    file: db,
    durability,
    maxQueuedBytes: writeQueueLimit,
    snapshotMs: snapshotTime,
    ...(logger && {
      warn: (line) => logger.warn(line),
      onDerivation: createDerivationLog((line) => logger.info(line)),
    }),
  });
}

/** Each of a store's connections would have a memory of its own. */
function mustBeFile(db: string): void {
  if (db !== ":memory:") return;
  throw new StoreOpenError(
    "cannot open :memory:: a store is a file; put it on a file system in memory where nothing is to be kept",
  );
}

/**
 * The same for a server: where another has the data already it waits some seconds for that one to stop, unless they are
 * to share it.
 */
export async function openStoreToServe(
  settings: ServeSettings,
  { signal, logger }: ServeOptions,
): Promise<ServedStore> {
  mustBeFile(settings.db);
  const lock = settings.shared
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
