import { AsyncLocalStorage } from "node:async_hooks";
import type { FastifyInstance } from "fastify";
import { connectionOf } from "../doors/kit/http/connection-of.ts";
import { createFairQueue } from "../doors/kit/http/fair-queue.ts";
import { whenOver } from "../doors/kit/http/memory.ts";
import { OverloadedError } from "../model/base/errors.ts";
import type { Config } from "./config.ts";

/** How long requests may keep one turn of the event loop, in milliseconds, until others wait for the next. */
const TURN_MS = 3;

/** How many requests may wait. */
export interface AdmissionLimits {
  /** Of one connection. */
  perConnection: number;
  /** In all. */
  total: number;
}

/**
 * Shares the event loop among requests that arrive at once. Each enters before it starts its work; when those before it
 * have used up this turn of the loop, it goes on in a later one, so that timers, other connections and answers under
 * way are not kept waiting for the whole burst. Connections take turns.
 */
export interface Admission {
  /**
   * Lets a request go on, at once or when it is its turn. Costs the same however many wait.
   *
   * @param go starts the request's work
   * @returns what takes the request out of the queue when its client is gone; null when it went on at once
   * @throws OverloadedError when too many wait
   */
  enter(connection: object, go: () => void): (() => void) | null;
}

/**
 * Admission with nobody waiting.
 *
 * @param now a clock in milliseconds
 */
export function createAdmission(
  { perConnection, total }: AdmissionLimits,
  now: () => number = () => performance.now(),
): Admission {
  const waiting = createFairQueue<() => void>();
  /** When requests began to go on in this turn of the loop; null while none has. */
  let turnBegan: number | null = null;

  function beginTurn(): number {
    setImmediate(nextTurn);
    turnBegan = now();
    return turnBegan;
  }

  function nextTurn(): void {
    turnBegan = null;
    if (waiting.size === 0) return;
    const began = beginTurn();
    do waiting.take()?.();
    while (waiting.size > 0 && now() - began < TURN_MS);
  }

  return {
    enter(connection, go) {
      const began = turnBegan ?? beginTurn();
      if (waiting.size === 0 && now() - began < TURN_MS) {
        go();
        return null;
      }
      if (waiting.size >= total || waiting.sizeOf(connection) >= perConnection) {
        throw new OverloadedError("too many requests are waiting");
      }
      // What is done for the request later is done for its own connection, whoever's turn it was.
      const entry = AsyncLocalStorage.bind(go);
      waiting.add(connection, entry);
      return () => waiting.remove(connection, entry);
    },
  };
}

/** Has the requests of an app wait for their turn. A client that is gone waits no more. */
export function admitRequests(app: FastifyInstance, { requestLimit, streamLimit }: Config): void {
  const admission = createAdmission({ total: requestLimit, perConnection: streamLimit });
  app.addHook("onRequest", (_request, { raw }, done) => {
    const leave = admission.enter(connectionOf(raw), done);
    if (leave) whenOver(raw, leave);
  });
}
