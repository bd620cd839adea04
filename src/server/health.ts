import { Code, ConnectError, type ConnectRouter } from "@connectrpc/connect";
import { Health, HealthCheckResponse_ServingStatus as Status } from "../../gen/grpc/health/v1/health_pb.ts";
import { quoted } from "../model/quoted.ts";
import { whenAborted } from "./signals.ts";

/**
 * Registers `grpc.health.v1.Health` for every service of the router. Everything is SERVING until `stopping` aborts;
 * watchers are then told NOT_SERVING and their streams end.
 */
export function registerHealth(router: ConnectRouter, stopping: AbortSignal): void {
  const knows = (name: string) =>
    name === "" || router.handlers.some(({ service }) => service.typeName === name);
  const status = () => (stopping.aborted ? Status.NOT_SERVING : Status.SERVING);

  router.service(Health, {
    check({ service }) {
      if (!knows(service)) throw new ConnectError(`no service "${quoted(service)}"`, Code.NotFound);
      return { status: status() };
    },
    async *watch({ service }, { signal }) {
      yield { status: knows(service) ? status() : Status.SERVICE_UNKNOWN };
      await whenAborted(signal, stopping);
      if (knows(service)) yield { status: status() };
    },
  });
}
