/** How much work a job can be. A `large` one may take seconds, and much memory. */
export type JobSize = "small" | "large";

/** Who asks for a turn. */
export interface TurnOptions {
  /** Gives up the turn, if it has not come. */
  signal?: AbortSignal;
  /** How many bytes the job is made of. */
  bytes?: number;
  /** Calls back when nobody holds what the job made any more; without it that is when the turn ends. */
  over?: (release: () => void) => void;
}

/** Gives jobs their turns on two threads; aborted ones leave the queue. */
export interface DecodeQueue<Thread> {
  /**
   * Gives a job its turn. Small ones never wait for a large one: one thread takes no others. Of large ones one runs at a
   * time, and what those before it made must have gone but for a few bytes: it takes many times the bytes it was made of.
   *
   * @throws the signal's reason when it aborts before the turn has come
   */
  turn(size: JobSize, options?: TurnOptions): Promise<Turn<Thread>>;
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

/** What several large jobs may be made of whose results are held. */
const HELD_BYTES = 16 * 2 ** 20;

interface Waiting<Thread> {
  bytes: number;
  over: TurnOptions["over"];
  enter: (lane: Lane<Thread>) => void;
}

/** @param largeThread takes large jobs, and small ones while there is no large one */
export function createDecodeQueue<Thread>(smallThread: Thread, largeThread: Thread): DecodeQueue<Thread> {
  const small: Lane<Thread> = { thread: smallThread, underWay: 0 };
  const large: Lane<Thread> = { thread: largeThread, underWay: 0 };
  const waiting: Record<JobSize, Set<Waiting<Thread>>> = { small: new Set(), large: new Set() };
  let hasLarge = false;
  let heldBytes = 0;

  const freeLane = (size: JobSize, bytes: number): Lane<Thread> | null => {
    if (size === "large") {
      const hasRoom = heldBytes === 0 || heldBytes + bytes <= HELD_BYTES;
      return !hasLarge && hasRoom ? large : null;
    }
    const lane = !hasLarge && large.underWay < small.underWay ? large : small;
    return lane.underWay < SMALL_AT_ONCE ? lane : null;
  };

  const start = (
    size: JobSize,
    lane: Lane<Thread>,
    { bytes, over }: Omit<Waiting<Thread>, "enter">,
  ): Turn<Thread> => {
    lane.underWay += 1;
    const isLarge = size === "large";
    if (isLarge) {
      hasLarge = true;
      heldBytes += bytes;
      over?.(() => release(bytes));
    }
    return {
      thread: lane.thread,
      end() {
        lane.underWay -= 1;
        if (isLarge) hasLarge = false;
        if (isLarge && !over) heldBytes -= bytes;
        for (const next of ["large", "small"] as const) admit(next);
      },
    };
  };

  const release = (bytes: number): void => {
    heldBytes -= bytes;
    admit("large");
  };

  const admit = (size: JobSize): void => {
    for (const { bytes, enter } of waiting[size]) {
      const lane = freeLane(size, bytes);
      if (!lane) return;
      enter(lane);
    }
  };

  return {
    async turn(size, { signal, bytes = 0, over } = {}) {
      signal?.throwIfAborted();
      const lane = freeLane(size, bytes);
      if (lane) return start(size, lane, { bytes, over });
      const { promise, resolve, reject } = Promise.withResolvers<Turn<Thread>>();
      const job: Waiting<Thread> = {
        bytes,
        over,
        enter(free) {
          waiting[size].delete(job);
          signal?.removeEventListener("abort", leave);
          resolve(start(size, free, job));
        },
      };
      const leave = () => {
        waiting[size].delete(job);
        reject(signal?.reason);
      };
      waiting[size].add(job);
      signal?.addEventListener("abort", leave, { once: true });
      return promise;
    },
  };
}
