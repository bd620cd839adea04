import type { ConnectRouter } from "@connectrpc/connect";
import { fastifyConnectPlugin } from "@connectrpc/connect-fastify";
import type { FastifyBaseLogger, FastifyInstance } from "fastify";
import type { Door, DoorContext } from "../api/door.ts";
import { namedProjectValues } from "../api/request-project.ts";
import { blameClientForMalformedMessages, errorInterceptor } from "../api/rpc/errors.ts";
import { deadlineInterceptor, shortenDeadline } from "./deadline.ts";
import { registerHealth } from "./health.ts";
import { registerReflection } from "./reflection.ts";

/**
 * Answers smaller than this are not compressed. It is the size that messages of streams stay below: compressing them
 * costs far more time than the network saves.
 */
const COMPRESS_MIN_BYTES = 2 ** 20;

/** What the RPC side of a server needs to know. */
export interface RpcOptions {
  doors: Door[];
  context: DoorContext;
  logger: FastifyBaseLogger;
  /** See `deadlineInterceptor`. */
  requestTimeoutMs: number;
  /** Aborts when shutdown begins: health then says so, and streams without an end of their own end. */
  stopping: AbortSignal;
  /** Aborts when shutdown has waited long enough: calls still under way fail with its reason. */
  cutting: AbortSignal;
}

/** Registers the RPCs of all doors, health and reflection, in gRPC, gRPC-Web and Connect. */
export async function registerRpc(app: FastifyInstance, options: RpcOptions): Promise<void> {
  const { doors, context, logger, requestTimeoutMs, stopping, cutting } = options;

  function routes(router: ConnectRouter): void {
    for (const door of doors) door.rpc?.(router, context);
    registerHealth(router, stopping);
    registerReflection(router, stopping);
  }

  app.addHook("onRequest", async ({ raw }) => shortenDeadline(raw.headers));
  await app.register(fastifyConnectPlugin, {
    routes,
    readMaxBytes: context.limits.rpcBytes,
    writeMaxBytes: context.limits.rpcBytes,
    compressMinBytes: COMPRESS_MIN_BYTES,
    interceptors: [errorInterceptor(logger), deadlineInterceptor(requestTimeoutMs)],
    requestGate: blameClientForMalformedMessages,
    shutdownSignal: cutting,
    contextValues: ({ raw }) => namedProjectValues(raw),
  });
}
