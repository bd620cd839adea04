import { SnapshotExpiredError } from "../errors.ts";

/** How long a read may stand still while others wait, in milliseconds. */
const STANDING_MS = 5000;
const LOOK_MS = 500;

/** Reads that are open at once, bounded: each holds a connection and its snapshot until its client has taken it all. */
export interface OpenReads {
  /**
   * Resolves when there is a place for another read.
   *
   * @param end ends the read: it stands still, and others wait
   */
  enter(end: () => void, signal?: AbortSignal): Promise<OpenRead>;
}

/** A place. */
export interface OpenRead {
  /** A batch is made, and the read stands still until the next is asked for. */
  stand(): void;
  /**
   * The next batch is asked for.
   *
   * @throws SnapshotExpiredError when the read was ended
   */
  goOn(): void;
  leave(): void;
}

/** @param now a clock in milliseconds */
export function createOpenReads(most: number, now: () => number = () => performance.now()): OpenReads {
  /** Since when each stands still, with what ends it; null while it does not. */
  const open = new Map<object, { since: number | null; end: () => void }>();
  const waiting = new Set<() => void>();
  let timer: NodeJS.Timeout | null = null;

  function look(): void {
    timer = null;
    const before = now() - STANDING_MS;
    for (const [place, { since, end }] of open) {
      if (since === null || since > before) continue;
      leave(place);
      end();
    }
    watch();
  }

  function watch(): void {
    if (waiting.size > 0 && timer === null) timer = setTimeout(look, LOOK_MS).unref();
  }

  function leave(place: object): void {
    if (!open.delete(place)) return;
    const [next] = waiting;
    if (!next) return;
    // At once, so that whoever leaves next wakes another.
    waiting.delete(next);
    next();
  }

  /** Waits until somebody leaves. */
  function placeLeft(signal?: AbortSignal): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const end = () => reject(signal?.reason);
    waiting.add(resolve);
    signal?.addEventListener("abort", end);
    watch();
    return promise.finally(() => {
      waiting.delete(resolve);
      signal?.removeEventListener("abort", end);
    });
  }

  return {
    async enter(end, signal) {
      while (open.size >= most) await placeLeft(signal);
      const place = {};
      const state: { since: number | null; end: () => void } = { since: null, end };
      open.set(place, state);
      return {
        stand() {
          state.since = now();
        },
        goOn() {
          state.since = null;
          if (!open.has(place)) throw new SnapshotExpiredError("the read stood still while others waited");
        },
        leave: () => leave(place),
      };
    },
  };
}
