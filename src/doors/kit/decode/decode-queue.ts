/** How much work a job can be. A `large` one may take seconds, and much memory. */
export type JobSize = "small" | "large";

/** Gives jobs their turns on two threads; aborted ones leave the queue. */
export interface DecodeQueue<Thread> {
  /**
   * Runs a job when it is its turn. Small ones never wait for a large one: one thread takes no others. Of large ones one
   * runs at a time, so that what waits is no more than its bytes.
   *
   * @throws the signal's reason when it aborts before the turn has come, and what the job throws
   */
  turn(size: JobSize, signal?: AbortSignal): Promise<Turn<Thread>>;
}

/** A turn on a thread; whoever has it ends it. */
export interface Turn<Thread> {
  thread: Thread;
  end(): void;
}

interface Lane<Thread> {
  thread: Thread;
  underWay: number;
}

/** How many small jobs a thread has at once; their slices alternate. */
const SMALL_AT_ONCE = 4;

/** @param largeThread takes large jobs, and small ones while there is no large one */
export function createDecodeQueue<Thread>(smallThread: Thread, largeThread: Thread): DecodeQueue<Thread> {
  const small: Lane<Thread> = { thread: smallThread, underWay: 0 };
  const large: Lane<Thread> = { thread: largeThread, underWay: 0 };
  const waiting: Record<JobSize, Set<(lane: Lane<Thread>) => void>> = { small: new Set(), large: new Set() };
  let hasLarge = false;

  const freeLane = (size: JobSize): Lane<Thread> | null => {
    if (size === "large") return hasLarge ? null : large;
    const lane = !hasLarge && large.underWay < small.underWay ? large : small;
    return lane.underWay < SMALL_AT_ONCE ? lane : null;
  };

  const start = (size: JobSize, lane: Lane<Thread>): Turn<Thread> => {
    lane.underWay += 1;
    if (size === "large") hasLarge = true;
    return {
      thread: lane.thread,
      end() {
        lane.underWay -= 1;
        if (size === "large") hasLarge = false;
        for (const next of ["large", "small"] as const) admit(next);
      },
    };
  };

  const admit = (size: JobSize): void => {
    for (const enter of waiting[size]) {
      const lane = freeLane(size);
      if (!lane) return;
      enter(lane);
    }
  };

  return {
    async turn(size, signal) {
      signal?.throwIfAborted();
      const lane = freeLane(size);
      if (lane) return start(size, lane);
      const { promise, resolve, reject } = Promise.withResolvers<Turn<Thread>>();
      const enter = (free: Lane<Thread>) => {
        waiting[size].delete(enter);
        signal?.removeEventListener("abort", leave);
        resolve(start(size, free));
      };
      const leave = () => {
        waiting[size].delete(enter);
        reject(signal?.reason);
      };
      waiting[size].add(enter);
      signal?.addEventListener("abort", leave, { once: true });
      return promise;
    },
  };
}
