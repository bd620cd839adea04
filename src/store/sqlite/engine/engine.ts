import { createWorkerClient } from "../../../workers/worker-client.ts";
import { storeClosed } from "../../errors.ts";
import type { Derivation } from "../../roles/derivation.ts";
import { entrySize } from "../../shared/entry-size.ts";
import type { Store } from "../../store.ts";
import { type Database, type Durability, explained, openForReading } from "../connection/database.ts";
import { type DatabaseFiles, identifyFiles } from "../connection/file-identity.ts";
import { createFileWatch } from "../connection/file-watch.ts";
import { callCountRead, callsRead } from "../reads/calls/call-query.ts";
import { exportRead } from "../reads/export/export-pages.ts";
import { isEmptyRead, projectsRead } from "../reads/export/project-lookups.ts";
import { spansRead } from "../reads/spans/span-query.ts";
import { threadsRead } from "../reads/threads/thread-query.ts";
import { derivationsUnderWay } from "../tables/derivation-marks.ts";
import { createLongReads } from "../workers/long-reads.ts";
import { createWalFlusher } from "../workers/wal-flusher.ts";
import { toStoreError, WORKER_ERRORS } from "../workers/worker-errors.ts";
import { createWriteQueue } from "../workers/write-queue.ts";
import type { WriterData, WriterPragmas, WriterRequest } from "../workers/writer-worker.ts";
import { createChatStore } from "./chat-store.ts";
import { createContentStore } from "./content-store.ts";
import { startDerivation } from "./derivations.ts";
import { createFeedbackStore } from "./feedback-store.ts";
import { createKeyStore } from "./key-store.ts";
import { createReading } from "./reading.ts";
import { createRecordStore } from "./record-store.ts";

/** How to open a SQLite store. */
export interface SqliteOptions {
  /** The database file; made, with its folder, where there is none. */
  file: string;
  /** What an acknowledged write survives. */
  durability: Durability;
  /** How long one streamed read may hold its snapshot, in milliseconds. */
  snapshotMs: number;
  /** The most that may wait to be written, in bytes; a write that comes when more is waiting is refused. */
  maxQueuedBytes: number;
  /** Learns, in a line for people, what keeps the store from working as it should but not from working. */
  warn?: (line: string) => void;
  /** Learns what is left to be derived again, at first and after each slice; not called when there is nothing. */
  onDerivation?: (left: Derivation[]) => void;
  /** How long a slice of that takes, in milliseconds: what a write may have to wait. */
  sliceMs?: number;
}

/** A SQLite store, with what its tests ask. */
export interface SqliteStore extends Store {
  /** The durability settings of the connection that writes. */
  pragmas(): Promise<WriterPragmas>;
}

const MAIN_CACHE_KIB = 65_536;

const SLICE_MS = 25;

/**
 * Opens a store in one SQLite file. One worker owns all writes, which share transactions. Reads that are sure to be
 * short run on the calling thread, all others page by page in reader workers, each on a snapshot of its own.
 *
 * While the file, its log or its index is deleted, moved or replaced, writes are refused; reads go on, from the open
 * files, except those for which a worker would have to open them again.
 *
 * @throws StoreOpenError with one line for people, when the file cannot be opened.
 */
export async function openSqliteStore(options: SqliteOptions): Promise<SqliteStore> {
  const { file, durability, snapshotMs, maxQueuedBytes, sliceMs = SLICE_MS } = options;
  const { warn = () => {}, onDerivation = () => {} } = options;
  const writer = createWorkerClient<WriterRequest, unknown>(
    new URL("../workers/writer-worker.ts", import.meta.url),
    WORKER_ERRORS,
    { file, durability, sliceMs } satisfies WriterData,
  );
  let main: Database;
  let files: DatabaseFiles;
  try {
    await writer.call({ kind: "open" });
    files = explained(file, () => identifyFiles(file));
    main = openForReading(file, MAIN_CACHE_KIB);
  } catch (error) {
    await writer.close();
    throw error;
  }
  const walFlusher = createWalFlusher({ file, files });
  const watch = createFileWatch(files, warn);
  // Whatever has the file's name later must not be read together with a log that is not its own.
  watch.listen((trouble) => {
    if (trouble !== null) writer.call({ kind: "foldLog" }).catch(() => {});
  });
  const queue = createWriteQueue(async (name, input) => {
    watch.mustBeThere();
    try {
      const result = await writer.call({ kind: "write", name, input });
      walFlusher.noteWrite();
      watch.confirmWrite();
      return result;
    } catch (error) {
      throw toStoreError(error);
    }
  }, maxQueuedBytes);
  const longReads = createLongReads({ file, files, snapshotMs });

  const reading = createReading(main, longReads);
  const { read, answer } = reading;

  const derivation = startDerivation({
    begun: derivationsUnderWay(main),
    async derive() {
      watch.mustBeThere();
      const left = (await writer.call({ kind: "derive" })) as Derivation[];
      walFlusher.noteWrite();
      return left;
    },
    onProgress: onDerivation,
    warn,
  });

  return {
    ...createRecordStore(reading, queue),
    ...createChatStore(reading, queue),
    ...createContentStore(reading, queue),
    ...createFeedbackStore(reading, queue),
    ...createKeyStore(main, queue),

    writeSpans: (spans, now) => queue.writeSpans(spans, now ?? null),
    queryThreads: (query, options) => read(threadsRead, query, options),
    querySpans: (query, options) => read(spansRead, query, options),

    writeCalls: (changes, now) => queue.writeCalls(changes, now ?? null),
    deleteCalls: (key) => queue.write("deleteCalls", key),
    queryCalls: (query, options) => read(callsRead, query, options),
    countCalls: (filter, options) => answer(callCountRead, filter, options),

    listProjects: () => answer(projectsRead, null),
    async *exportProject(projectId, options = {}) {
      // An export says when the messages of states came.
      await derivation.finished("threads", options.signal);
      yield* read(exportRead, projectId, options);
    },
    importEntries(projectId, entries) {
      const bytes = entries.reduce((size, entry) => size + entrySize(entry), 0);
      return queue.write("importEntries", { projectId, entries }, bytes);
    },

    isEmpty: () => answer(isEmptyRead, null),

    async derivations() {
      if (!main.open) throw storeClosed();
      return derivationsUnderWay(main);
    },

    watchHealth(listener) {
      if (!main.open) throw storeClosed();
      return watch.listen(listener);
    },

    async pragmas() {
      return (await writer.call({ kind: "pragmas" })) as WriterPragmas;
    },

    async close() {
      if (!main.open) return;
      await derivation.close();
      await queue.close();
      await longReads.close();
      await walFlusher.close();
      main.close();
      if (watch.look() !== null) await writer.call({ kind: "foldLog" }).catch(() => {});
      watch.close();
      await writer.call({ kind: "close" });
      await writer.close();
    },
  };
}
