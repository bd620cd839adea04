/** Work of which only so much goes on at once, because each may bring something large that nobody has counted yet. */
export interface Asks {
  /**
   * Does work once its turn comes and there is room.
   *
   * @param room null if there is room, else a promise that resolves when there is; asked again before the work begins,
   *   for what others brought meanwhile may have left none
   * @param signal ends the wait; its reason is raised
   */
  ask<Answer>(
    room: () => Promise<void> | null,
    work: () => Promise<Answer>,
    signal?: AbortSignal,
  ): Promise<Answer>;
}

export function createAsks(most: number): Asks {
  const waiting: (() => void)[] = [];
  let out = 0;

  async function enter(): Promise<void> {
    if (out < most) out += 1;
    else await new Promise<void>((resolve) => waiting.push(resolve));
  }

  function leave(): void {
    // Whoever comes next takes the place that is left.
    const next = waiting.shift();
    if (next) next();
    else out -= 1;
  }

  return {
    async ask(room, work, signal) {
      let wait = room();
      for (;;) {
        if (wait) await wait;
        await enter();
        try {
          signal?.throwIfAborted();
          wait = room();
          if (wait === null) return await work();
        } finally {
          leave();
        }
      }
    },
  };
}
