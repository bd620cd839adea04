import { createWorkerClient } from "../../../workers/worker-client.ts";
import type { WalFlushData } from "./wal-flush-worker.ts";

/** How long after a write what it left in the log is copied. */
const DELAY_MS = 200;

/** Copies what was written from the write-ahead log to the database, in a worker that no write waits for. */
export interface WalFlusher {
  /** There was a write: what it left in the log is copied soon. */
  noteWrite(): void;
  close(): Promise<void>;
}

/**
 * Makes WAL checkpoints in the background while there are writes. The writer makes one itself when the log has become long,
 * which then finds most of it copied: so the log begins anew, though writes never pause.
 */
export function createWalFlusher(data: WalFlushData): WalFlusher {
  const worker = createWorkerClient<null, null>(new URL("./wal-flush-worker.ts", import.meta.url), [], data);
  let timer: NodeJS.Timeout | null = null;

  async function flush(): Promise<void> {
    // What is wrong with the file the writer meets too, and tells.
    await worker.call(null).catch(() => {});
    timer = null;
  }

  return {
    noteWrite() {
      timer ??= setTimeout(flush, DELAY_MS).unref();
    },
    async close() {
      if (timer !== null) clearTimeout(timer);
      await worker.close();
    },
  };
}
