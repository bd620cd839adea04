import { OverloadedError } from "../../../model/base/errors.ts";
import { settleUnlessAborted } from "../../../workers/signals.ts";
import { createByteCounts } from "./byte-counts.ts";
import { createFairQueue } from "./fair-queue.ts";

/** What answers may hold in memory until their clients have taken them. */
export interface AnswerLimits {
  /** Bytes of all answers. */
  totalBytes: number;
  /** Bytes of the answers of one connection. */
  connectionBytes: number;
  /** How long an answer may stand still because its client takes nothing of it, and how long work may wait; ms. */
  patienceMs: number;
}

/** The answers that are held, counted. */
export interface AnswerBudget {
  /**
   * Asks for room for an answer, before the work begins that makes it. Only so much begins in one turn of the event loop,
   * for what it makes is not counted yet.
   *
   * @param signal ends the wait of a client that is gone
   * @returns null if there is room, else a promise that resolves when there is; it rejects with OverloadedError when that
   *   takes too long, and with the signal's reason
   * @throws OverloadedError when there is none even for a connection that holds nothing
   */
  start(connection: object, signal: AbortSignal): Promise<void> | null;
  /** The same for who goes on at once or not at all; returns whether it may. */
  tryStart(connection: object): boolean;
  /** Asks for room for more of what has begun, likewise. It may be asked again at once: an answer of null costs nothing. */
  room(connection: object, signal: AbortSignal): Promise<void> | null;
  /** Counts an answer. `cut` is called once if its client takes nothing of it for too long. */
  open(connection: object, cut: () => void): AnswerAccount;
  /** Bytes that are held now. */
  readonly total: number;
  close(): void;
}

/** One answer. */
export interface AnswerAccount {
  /** The bytes of it that wait for the client now; called whenever the client has taken some. */
  hold(bytes: number): void;
  /** Asks for room for this answer, as `AnswerBudget.start` does. */
  start(signal: AbortSignal): Promise<void> | null;
  /**
   * Asks for room for more of it, as `AnswerBudget.room` does. One that holds something already does not wait,
   * for others may wait for what it holds.
   *
   * @throws OverloadedError when it holds something and there is no room for more
   */
  room(signal: AbortSignal): Promise<void> | null;
  /** It is over. */
  close(): void;
}

const LOOK_MS = 1000;

/** How much work may begin in one turn of the event loop. */
const STARTS_A_TURN = 16;

/**
 * Counts answers. While a connection holds much, or all do, its further work waits; a connection that holds nothing
 * goes on until twice the total is held, so that clients that read are not kept waiting by those that do not.
 *
 * @param now a clock in milliseconds
 */
export function createAnswerBudget(
  { totalBytes, connectionBytes, patienceMs }: AnswerLimits,
  now: () => number = () => performance.now(),
): AnswerBudget {
  const counts = createByteCounts();
  const waiting = createFairQueue<{ since: number; resolve(): void; reject(error: Error): void }>();
  const answers = new Set<{ movedAt: number; cut: () => void }>();
  const timer = setInterval(look, LOOK_MS).unref();
  let startsLeft = STARTS_A_TURN;

  function hasRoom(connection: object): boolean {
    const held = counts.of(connection);
    return held < connectionBytes && counts.total < (held === 0 ? 2 * totalBytes : totalBytes);
  }

  /** Takes one of the starts of this turn, if there is room. */
  function tryStart(connection: object): boolean {
    if (startsLeft === 0 || !hasRoom(connection)) return false;
    if (startsLeft === STARTS_A_TURN) setImmediate(nextTurn);
    startsLeft -= 1;
    return true;
  }

  function nextTurn(): void {
    startsLeft = STARTS_A_TURN;
    for (let next = waiting.take(tryStart); next; next = waiting.take(tryStart)) next.resolve();
  }

  /** Lets some of those that wait go on, in a later turn. */
  function free(): void {
    if (waiting.size > 0 && startsLeft === STARTS_A_TURN) setImmediate(nextTurn);
  }

  function wait(connection: object, signal: AbortSignal): Promise<void> {
    if (counts.of(connection) === 0 && !hasRoom(connection)) throw tooMuchHeld();
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const entry = { since: now(), resolve, reject };
    waiting.add(connection, entry);
    return settleUnlessAborted(promise, signal).finally(() => waiting.remove(connection, entry));
  }

  function start(connection: object, signal: AbortSignal): Promise<void> | null {
    return tryStart(connection) ? null : wait(connection, signal);
  }

  function room(connection: object, signal: AbortSignal): Promise<void> | null {
    return hasRoom(connection) ? null : wait(connection, signal);
  }

  function look(): void {
    const before = now() - patienceMs;
    for (const answer of answers) {
      if (answer.movedAt > before) continue;
      answers.delete(answer);
      answer.cut();
    }
    for (const entry of waiting.entries()) {
      if (entry.since <= before) entry.reject(tooMuchHeld());
    }
  }

  return {
    start,
    tryStart,
    room,

    open(connection, cut) {
      const answer = { movedAt: now(), cut };
      let held = 0;
      let isClosed = false;
      return {
        hold(bytes) {
          if (isClosed) return;
          answer.movedAt = now();
          if (bytes > 0) answers.add(answer);
          counts.add(connection, bytes - held);
          if (bytes < held) free();
          held = bytes;
        },
        start: (signal) => start(connection, signal),
        room(signal) {
          if (held > 0 && !hasRoom(connection)) throw tooMuchHeld();
          return room(connection, signal);
        },
        close() {
          isClosed = true;
          answers.delete(answer);
          counts.add(connection, -held);
          held = 0;
          free();
        },
      };
    },

    get total() {
      return counts.total;
    },
    close: () => clearInterval(timer),
  };
}

function tooMuchHeld(): OverloadedError {
  return new OverloadedError("the answers under way hold all the memory that answers may");
}
