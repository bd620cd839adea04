import { createAsks } from "../../../workers/asks.ts";
import { createWorkerClient } from "../../../workers/worker-client.ts";
import type { ReadOptions } from "../../roles/read-options.ts";
import { YIELD } from "../../shared/cooperative-read.ts";
import { createOpenReads, type OpenRead } from "../../shared/open-reads.ts";
import type { Read } from "../reads/define-read.ts";
import type { ReaderData, ReaderRequest } from "./reader-worker.ts";
import { toStoreError, WORKER_ERRORS } from "./worker-errors.ts";

/** Workers that answer long reads. */
const READERS = 2;

/** Batches that are asked for at once: enough to keep the workers busy. */
const MOST_ASKS = 8;

/** Reads that are open at once. */
const MOST_READS = 32;

/** Reads that may be long, off the main thread. */
export interface LongReads {
  /** Yields the batches of a read, made as they are taken; raises the signal's reason when it aborts. */
  read<Query, Batch>(
    read: Read<Query, Batch>,
    query: Query,
    options?: ReadOptions,
  ): AsyncGenerator<Batch, void, void>;
  close(): Promise<void>;
}

/** Starts the workers as they are needed; each read goes to the one with the least to do. */
export function createLongReads(data: ReaderData): LongReads {
  const asks = createAsks(MOST_ASKS);
  const openReads = createOpenReads(MOST_READS);
  const readers = Array.from({ length: READERS }, () => ({
    streams: 0,
    client: createWorkerClient<ReaderRequest, unknown>(
      new URL("./reader-worker.ts", import.meta.url),
      WORKER_ERRORS,
      data,
    ),
  }));

  return {
    async *read<Query, Batch>({ name }: Read<Query, Batch>, query: Query, options: ReadOptions = {}) {
      const { signal, room = () => null } = options;
      const reader = readers.reduce((least, other) => (other.streams < least.streams ? other : least));
      reader.streams += 1;
      const batches = reader.client.stream({ name, query });
      let place: OpenRead | null = null;
      try {
        place = await openReads.enter(() => void batches.return(), signal);
        for (;;) {
          const { done, value: batch } = await asks.ask(room, () => batches.next(), signal);
          signal?.throwIfAborted();
          if (done) return;
          if (batch === YIELD) continue;
          place.stand();
          yield batch as Batch;
          place.goOn();
          signal?.throwIfAborted();
        }
      } catch (error) {
        throw toStoreError(error);
      } finally {
        reader.streams -= 1;
        place?.leave();
        await batches.return();
      }
    },

    async close() {
      await Promise.all(readers.map(({ client }) => client.close()));
    },
  };
}
