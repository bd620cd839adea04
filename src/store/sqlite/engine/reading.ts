import type { ReadOptions } from "../../roles/read-options.ts";
import type { Database } from "../connection/database.ts";
import { createReadNow } from "../connection/read-now.ts";
import type { Read } from "../reads/define-read.ts";
import type { LongReads } from "../workers/long-reads.ts";

/** Does the reads that are declared in `reads/`. Each raises `StoreUnavailableError` once the store is closed. */
export interface Reading {
  /** Yields the batches of a read, all of one snapshot; raises the signal's reason when it aborts. */
  read<Query, Batch>(
    read: Read<Query, Batch>,
    query: Query,
    options?: ReadOptions,
  ): AsyncGenerator<Batch, void, void>;
  /** The answer of a read that has one: its only batch. */
  answer<Query, Answer>(read: Read<Query, Answer>, query: Query, options?: ReadOptions): Promise<Answer>;
}

/** Does short reads at once, on the main thread's connection, and has workers do the others. */
export function createReading(main: Database, longReads: LongReads): Reading {
  const readNow = createReadNow(main);

  /** What every read begins with: its batches if it is short, else null. */
  function begin<Query, Batch>(read: Read<Query, Batch>, query: Query, signal?: AbortSignal): Batch[] | null {
    signal?.throwIfAborted();
    return readNow(() => read.readShort(main, query));
  }

  return {
    async *read(read, query, options = {}) {
      const { signal } = options;
      const batches = begin(read, query, signal);
      if (batches === null) {
        yield* longReads.read(read, query, options);
        return;
      }
      for (const batch of batches) {
        yield batch;
        signal?.throwIfAborted();
      }
    },

    async answer(read, query, options = {}) {
      const batches = begin(read, query, options.signal);
      const [answer] = batches ?? (await Array.fromAsync(longReads.read(read, query, options)));
      return answer!;
    },
  };
}
