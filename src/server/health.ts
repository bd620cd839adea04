import { Code, ConnectError, type ConnectRouter } from "@connectrpc/connect";
import type { FastifyBaseLogger } from "fastify";
import { Health, HealthCheckResponse_ServingStatus as Status } from "../../gen/grpc/health/v1/health_pb.ts";
import { quoted } from "../model/base/quoted.ts";
import type { Store } from "../store/store.ts";
import { whenAborted } from "../workers/signals.ts";

/** What a server's health depends on. */
export interface HealthOptions {
  store: Pick<Store, "watchHealth">;
  /** Aborts when shutdown begins. */
  stopping: AbortSignal;
  logger: Pick<FastifyBaseLogger, "error" | "warn">;
}

/** Whether a server can serve: not while its store takes no writes, and no more once it stops. */
export interface ServerHealth {
  status(): "ok" | "unavailable" | "stopping";
  /** Aborts when the status changes. */
  untilChange(): AbortSignal;
  /** Hears no more of the store. */
  close(): void;
}

/** Follows the health of a store and logs, once each, when it cannot serve and when it can again. */
export function createHealth({ store, stopping, logger }: HealthOptions): ServerHealth {
  let isServing = true;
  let change = new AbortController();

  function noteChange(): void {
    const ended = change;
    change = new AbortController();
    ended.abort();
  }

  stopping.addEventListener("abort", noteChange);
  const unwatch = store.watchHealth((trouble) => {
    if (trouble !== null) logger.error(trouble);
    else if (!isServing) logger.warn("the store can serve again");
    isServing = trouble === null;
    noteChange();
  });

  return {
    status() {
      if (stopping.aborted) return "stopping";
      return isServing ? "ok" : "unavailable";
    },
    untilChange: () => change.signal,
    close: unwatch,
  };
}

/**
 * Registers `grpc.health.v1.Health` for every service of the router: all are SERVING, or none is. Watchers are told of
 * every change, and their streams end when the server stops.
 */
export function registerHealth(router: ConnectRouter, health: ServerHealth): void {
  const knows = (name: string) =>
    name === "" || router.handlers.some(({ service }) => service.typeName === name);
  const status = () => (health.status() === "ok" ? Status.SERVING : Status.NOT_SERVING);

  router.service(Health, {
    check({ service }) {
      if (!knows(service)) throw new ConnectError(`no service "${quoted(service)}"`, Code.NotFound);
      return { status: status() };
    },
    async *watch({ service }, { signal }) {
      let told: Status | undefined;
      while (!signal.aborted) {
        const change = health.untilChange();
        const current = knows(service) ? status() : Status.SERVICE_UNKNOWN;
        if (current !== told) yield { status: current };
        told = current;
        if (health.status() === "stopping") return;
        await whenAborted(signal, change);
      }
    },
  });
}
