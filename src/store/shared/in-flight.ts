/** How many parts of one batch are written at a time: about as much as one transaction takes. */
const MOST = 4;

/** The writes of a batch's parts, of which some wait while one is written, so that the writer need not. */
export interface WritesUnderWay {
  /** Takes a write that has begun; resolves when there is room for another. Rejects if an earlier one did. */
  add(write: Promise<void>): Promise<void>;
  /** Resolves when all of them have. */
  finish(): Promise<void>;
}

export function createWritesUnderWay(): WritesUnderWay {
  const writes: Promise<void>[] = [];
  return {
    async add(write) {
      // Its rejection may wait until it is asked for.
      write.catch(() => {});
      writes.push(write);
      if (writes.length >= MOST) await writes.shift();
    },
    async finish() {
      await Promise.all(writes);
    },
  };
}
