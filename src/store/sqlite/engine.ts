import type { ThreadSummary } from "../../model/thread.ts";
import { createWorkerClient, WorkerEndedError } from "../../worker/worker-client.ts";
import {
  AlreadyExistsError,
  SnapshotExpiredError,
  StoreOpenError,
  StoreUnavailableError,
} from "../errors.ts";
import type { ConversationSpans, ReadOptions, Store } from "../store.ts";
import { type Database, type Durability, openForReading, prepared } from "./database.ts";
import type { ReaderBatch, ReaderData, ReaderRequest } from "./reader-worker.ts";
import { isLightSpanQuery, spanPages } from "./span-query.ts";
import { isLightThreadQuery, threadPages } from "./thread-query.ts";
import { createWriteQueue } from "./write-queue.ts";
import type { WriterData, WriterPragmas, WriterRequest } from "./writer-worker.ts";

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
}

/** A SQLite store, with what its tests ask. */
export interface SqliteStore extends Store {
  /** The durability settings of the connection that writes. */
  pragmas(): Promise<WriterPragmas>;
}

/** Threads that answer long reads. */
const READERS = 2;
const MAIN_CACHE_KIB = 65_536;
const ERRORS = [AlreadyExistsError, SnapshotExpiredError, StoreOpenError, StoreUnavailableError];

/**
 * Opens a store in one SQLite file. One worker thread owns all writes, which share transactions. Reads that are sure
 * to be short run on the calling thread, all others page by page in reader threads, each on a snapshot of its own.
 *
 * @throws StoreOpenError with one line for people, when the file cannot be opened.
 */
export async function openSqliteStore(options: SqliteOptions): Promise<SqliteStore> {
  const { file, durability, snapshotMs, maxQueuedBytes } = options;
  const writer = createWorkerClient<WriterRequest, WriterPragmas | null>(
    new URL("./writer-worker.ts", import.meta.url),
    ERRORS,
    { file, durability } satisfies WriterData,
  );
  let main: Database;
  try {
    await writer.call({ kind: "open" });
    main = openForReading(file, MAIN_CACHE_KIB);
  } catch (error) {
    await writer.close();
    throw error;
  }
  const queue = createWriteQueue(async (request) => {
    try {
      await writer.call(request);
    } catch (error) {
      throw error instanceof WorkerEndedError ? closedError(error) : error;
    }
  }, maxQueuedBytes);
  const readers = Array.from({ length: READERS }, () => ({
    streams: 0,
    client: createWorkerClient<ReaderRequest, ReaderBatch>(
      new URL("./reader-worker.ts", import.meta.url),
      ERRORS,
      { file, snapshotMs } satisfies ReaderData,
    ),
  }));

  /** Reads to the end at once, in one snapshot. */
  function readNow<Batch>(pages: () => Generator<Batch>): Batch[] {
    return main.transaction(() => [...pages()])();
  }

  async function* readInWorker<Batch extends ReaderBatch>(
    request: ReaderRequest,
    signal: AbortSignal | undefined,
  ): AsyncGenerator<Batch> {
    const reader = readers.reduce((least, other) => (other.streams < least.streams ? other : least));
    reader.streams += 1;
    try {
      for await (const batch of reader.client.stream(request)) {
        signal?.throwIfAborted();
        yield batch as Batch;
        signal?.throwIfAborted();
      }
    } catch (error) {
      throw error instanceof WorkerEndedError ? closedError(error) : error;
    } finally {
      reader.streams -= 1;
    }
  }

  return {
    writeSpans: (spans) => queue.writeSpans(spans),
    createFeedback: (feedback) => queue.createFeedback(feedback),

    async *queryThreads(query, { signal }: ReadOptions = {}) {
      signal?.throwIfAborted();
      if (!main.open) throw closedError();
      if (isLightThreadQuery(query)) yield* readNow(() => threadPages(main, query));
      else yield* readInWorker<ThreadSummary[]>({ kind: "threads", query }, signal);
    },

    async *querySpans(query, { signal }: ReadOptions = {}) {
      signal?.throwIfAborted();
      if (!main.open) throw closedError();
      if (isLightSpanQuery(main, query)) yield* readNow(() => spanPages(main, query));
      else yield* readInWorker<ConversationSpans[]>({ kind: "spans", query }, signal);
    },

    async isEmpty() {
      if (!main.open) throw closedError();
      const stored = prepared<unknown>(main, "SELECT 1 FROM trace UNION ALL SELECT 1 FROM feedback LIMIT 1");
      return stored.get() === undefined;
    },

    async pragmas() {
      return (await writer.call({ kind: "pragmas" }))!;
    },

    async close() {
      if (!main.open) return;
      await queue.close();
      await Promise.all(readers.map(({ client }) => client.close()));
      main.close();
      await writer.call({ kind: "close" });
      await writer.close();
    },
  };
}

function closedError(cause?: unknown): StoreUnavailableError {
  return new StoreUnavailableError("the store is closed or its thread ended", { cause });
}
