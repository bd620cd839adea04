import type { FastifyBaseLogger } from "fastify";
import type { Instant } from "../model/base/instant.ts";
import type { ThreadSweeper } from "../store/roles/records.ts";

/** Threads that one call to the store deals with: few enough that others' writes come in between. */
const BATCH_SIZE = 100;

/** What a sweep needs. */
export interface SweeperOptions {
  store: ThreadSweeper;
  now: () => Instant;
  /** Milliseconds from the end of one sweep to the start of the next. */
  interval: number;
  logger: Pick<FastifyBaseLogger, "error">;
}

/** A sweep that goes on in the background. */
export interface Sweeper {
  /** Starts no more; resolves when a sweep that is under way has come to a stop. */
  close(): Promise<void>;
}

/**
 * Does what the TTLs of threads ask, every so often, until it is closed. Never runs twice at once, and does not keep the
 * process alive. A sweep that fails is logged, and the next one tries again.
 */
export function startSweeper({ store, now, interval, logger }: SweeperOptions): Sweeper {
  let closed = false;
  let running = Promise.resolve();
  let timer = schedule();

  function schedule(): NodeJS.Timeout {
    return setTimeout(() => {
      running = sweep();
    }, interval).unref();
  }

  async function sweep(): Promise<void> {
    try {
      let swept = BATCH_SIZE;
      while (swept === BATCH_SIZE && !closed) swept = await store.sweepExpired(now(), BATCH_SIZE);
    } catch (error) {
      logger.error({ err: error }, "expired threads could not be removed");
    }
    if (!closed) timer = schedule();
  }

  return {
    async close() {
      closed = true;
      clearTimeout(timer);
      await running;
    },
  };
}
