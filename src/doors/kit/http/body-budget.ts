import { OverloadedError } from "../../../model/base/errors.ts";
import { createByteCounts } from "./byte-counts.ts";

/** What requests may hold in memory while they are read and worked on. */
export interface BodyLimits {
  /** Bytes of all bodies; twice as many are never held, but for one body's. */
  totalBytes: number;
  /** Bytes of the bodies of one connection. */
  connectionBytes: number;
  /** The least bytes a second at which a body must come. */
  leastRate: number;
}

/** The bodies that are held, counted. */
export interface BodyBudget {
  /** Counts a body that begins to come. `cut` is called once if it comes too slowly. */
  open(connection: object, cut: () => void): BodyAccount;
  /** Bytes that are held now. */
  readonly total: number;
  close(): void;
}

/** One body. */
export interface BodyAccount {
  /**
   * Counts bytes that came.
   *
   * @returns null if the body may be read on at once, else a promise that resolves when it may
   * @throws OverloadedError when there is no room even for small bodies
   */
  take(bytes: number): Promise<void> | null;
  /**
   * Asks for room for bytes that will come all at once, nobody knows how many.
   *
   * @returns as `take` does
   */
  room(): Promise<void> | null;
  /** The body is complete: it need not hurry any more. Its bytes are held on. */
  complete(): void;
  /** The request is over: gives all back. */
  close(): void;
}

/** A body up to this size goes on when others wait: it is over soon, and holds little. */
const SMALL_BYTES = 64 * 1024;

/** How long after its start a body's rate counts. */
const GRACE_MS = 10_000;
const LOOK_MS = 1000;

interface Body {
  connection: object;
  bytes: number;
  startedAt: number;
  /** What lets it go on, while it has to wait; the time that takes is not the client's. */
  resume: (() => void) | null;
  cut: () => void;
}

/**
 * Counts bodies and makes large ones wait, unread, while too much is held. The oldest that is not complete goes on until
 * twice as much is held: memory comes free as bodies are complete and answered. When none is complete it goes on in any
 * case, so that there is always one that will be.
 *
 * @param now a clock in milliseconds
 */
export function createBodyBudget(
  { totalBytes, connectionBytes, leastRate }: BodyLimits,
  now: () => number = () => performance.now(),
): BodyBudget {
  const counts = createByteCounts();
  const coming = new Set<Body>();
  /** Those of `coming` that are not small, the oldest first. */
  const large = new Set<Body>();
  const timer = setInterval(look, LOOK_MS).unref();

  function mayGoOn(body: Body): boolean {
    if (!large.has(body)) return true;
    if (counts.total < totalBytes && counts.of(body.connection) < connectionBytes) return true;
    const [oldest] = large;
    return body === oldest && (counts.total < 2 * totalBytes || counts.total === bytesComing());
  }

  function bytesComing(): number {
    let bytes = 0;
    for (const body of coming) bytes += body.bytes;
    return bytes;
  }

  function waitFor(body: Body): Promise<void> | null {
    if (mayGoOn(body)) return null;
    const waitedFrom = now();
    const { promise, resolve } = Promise.withResolvers<void>();
    body.resume = () => {
      body.startedAt += now() - waitedFrom;
      resolve();
    };
    return promise;
  }

  function resumeWaiting(): void {
    for (const body of large) {
      if (body.resume === null || !mayGoOn(body)) continue;
      body.resume();
      body.resume = null;
    }
  }

  function leave(body: Body): void {
    coming.delete(body);
    if (large.delete(body)) resumeWaiting();
  }

  function look(): void {
    for (const body of coming) {
      const seconds = (now() - body.startedAt) / 1000;
      if (body.resume === null && seconds * 1000 > GRACE_MS && body.bytes < seconds * leastRate) {
        leave(body);
        body.cut();
      }
    }
  }

  return {
    open(connection, cut) {
      const body: Body = { connection, bytes: 0, startedAt: now(), resume: null, cut };
      let isClosed = false;
      coming.add(body);
      return {
        take(bytes) {
          if (isClosed) return null;
          if (body.bytes + bytes <= SMALL_BYTES && counts.total >= 2 * totalBytes) {
            throw new OverloadedError("the requests under way hold all the memory that requests may");
          }
          body.bytes += bytes;
          counts.add(connection, bytes);
          if (body.bytes > SMALL_BYTES && coming.has(body)) large.add(body);
          return waitFor(body);
        },
        room() {
          if (isClosed) return null;
          if (coming.has(body)) large.add(body);
          return waitFor(body);
        },
        complete: () => leave(body),
        close() {
          isClosed = true;
          leave(body);
          body.resume?.();
          counts.add(connection, -body.bytes);
          body.bytes = 0;
          resumeWaiting();
        },
      };
    },
    get total() {
      return counts.total;
    },
    close: () => clearInterval(timer),
  };
}
