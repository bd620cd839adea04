import { type AddressInfo, isIPv6 } from "node:net";
import { Code, ConnectError } from "@connectrpc/connect";
import Fastify, {
  type FastifyBaseLogger,
  type FastifyError,
  type FastifyReply,
  type FastifyRequest,
  LogController,
} from "fastify";
import { createDecoding } from "../doors/kit/decode/decoding.ts";
import type { Door, DoorContext } from "../doors/kit/door.ts";
import { messageOf, statusOfError } from "../doors/kit/http/http-error.ts";
import { countMemory, type MemoryLimits } from "../doors/kit/http/memory.ts";
import { hasBody } from "../doors/kit/http/raw-body.ts";
import { OPEN } from "../doors/kit/identity/access.ts";
import type { Store } from "../store/store.ts";
import { admitRequests } from "./admission.ts";
import { createKeyRing, guardRoutes } from "./auth.ts";
import type { Config } from "./config.ts";
import { createHealth } from "./health.ts";
import { createListener, type Listener } from "./listener.ts";
import type { ListenerTimeouts } from "./listener-limits.ts";
import { guardOrigins } from "./origin.ts";
import { cutProjectPrefix } from "./prefix.ts";
import { createRouteTable } from "./routes.ts";
import { registerRpc } from "./rpc.ts";
import { startSweeper } from "./sweeper.ts";

/** What a server is made of. */
export interface ServerParts {
  config: Config;
  store: Store;
  doors: Door[];
  logger: FastifyBaseLogger;
  /** How patient the listener is; for tests. */
  timeouts?: Partial<ListenerTimeouts>;
}

/** A server that is ready to listen. */
export interface SkeinServer {
  /**
   * Starts to listen.
   *
   * @returns where, as a URL with the real port
   * @throws the system's error (`EADDRINUSE`, …) when it cannot
   */
  listen(): Promise<string>;
  /**
   * Refuses new work, finishes what is under way within the configured grace, fails what is not done by then, and
   * releases everything but the store.
   */
  close(): Promise<void>;
}

/** Once calls are told that the server ends, the time that their answers have to get out. */
const LAST_WORDS_MS = 250;

/** Builds the HTTP and RPC server around a store. */
export async function createServer(parts: ServerParts): Promise<SkeinServer> {
  const { config, store, doors, logger } = parts;
  const stopping = new AbortController();
  const cutting = new AbortController();
  // Fastify calls the server factory before it returns.
  let listener!: Listener;

  const app = Fastify({
    serverFactory: (handler) => {
      listener = createListener(handler, {
        timeouts: { silence: 5000, headers: 10_000, body: config.requestTimeout, ...parts.timeouts },
        connections: config.connectionLimit,
        requests: config.requestLimit,
        streams: config.streamLimit,
        resetsPerSecond: config.resetLimit,
        headerBytes: config.headerLimit,
      });
      return listener.server;
    },
    rewriteUrl: (request) => cutProjectPrefix(request, routes),
    loggerInstance: logger,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: config.restLimit,
    frameworkErrors: handleError,
    routerOptions: { maxParamLength: 16_384 },
    // Documents may have any key; what merges them must take care, not what reads them.
    onProtoPoisoning: "ignore",
    onConstructorPoisoning: "ignore",
  });
  const routes = createRouteTable(app);
  const memory = countMemory(app, memoryLimits(config));
  const keyRing = createKeyRing(store);
  // In this order: who may not call is told so before anything is kept for the call.
  await guardOrigins(app, config, keyRing);
  guardRoutes(app, keyRing);
  admitRequests(app, config);
  app.addHook("onRequest", async ({ method, raw }) => {
    // Some clients give a DELETE without a body the type they always use; there is nothing to parse.
    if (method === "DELETE" && !hasBody(raw)) delete raw.headers["content-type"];
  });
  app.addHook("onSend", (_request, reply, _payload, done) => {
    // Fastify closes the connection of a body that it cannot read; here the listener drops what is left of it.
    reply.removeHeader("connection");
    done();
  });
  app.setErrorHandler(handleError);
  app.setNotFoundHandler((request, reply) => {
    const methods = routes.methods(request.url.split("?", 1)[0]!);
    if (methods.length === 0) return reply.code(404).send({ detail: "Not Found" });
    return reply.code(405).header("allow", methods.join(", ")).send({ detail: "Method Not Allowed" });
  });
  const health = createHealth({ store, stopping: stopping.signal, logger });
  app.get("/health", OPEN, async (_request, reply) => {
    if (health.status() !== "ok") reply.code(503);
    return { status: health.status() };
  });

  const context: DoorContext = {
    store,
    now: () => Date.now() * 1000,
    defaultProject: config.defaultProject,
    memory,
    limits: { otlpBytes: config.otlpLimit, restBytes: config.restLimit, rpcBytes: config.rpcLimit },
    decoding: createDecoding(),
  };
  for (const { http } of doors) if (http) await app.register(async (scope) => http(scope, context));
  await app.register(registerRpc, {
    doors,
    context,
    logger,
    requestTimeoutMs: config.requestTimeout,
    health,
    stopping: stopping.signal,
    cutting: cutting.signal,
  });
  await app.ready();
  const sweeper = startSweeper({ store, now: context.now, interval: config.sweepInterval, logger });

  return {
    async listen() {
      await app.listen({ host: config.host, port: config.port });
      return urlOf(app.server.address() as AddressInfo);
    },
    async close() {
      const reason = new ConnectError("the server is shutting down", Code.Unavailable);
      stopping.abort(reason);
      const swept = sweeper.close();
      health.close();
      if (!(await listener.drain(config.shutdownGrace))) {
        cutting.abort(reason);
        await listener.drain(LAST_WORDS_MS);
        listener.destroy();
      }
      await Promise.all([app.close(), swept, context.decoding.close()]);
    },
  };
}

/** What may be held in memory; one connection may hold a quarter of it. */
function memoryLimits({ bodyMemory, answerMemory, bodyRate, requestTimeout }: Config): MemoryLimits {
  return {
    bodies: { totalBytes: bodyMemory, connectionBytes: bodyMemory / 4, leastRate: bodyRate },
    answers: { totalBytes: answerMemory, connectionBytes: answerMemory / 4, patienceMs: requestTimeout },
  };
}

/** For what no door handles itself; doors have error handlers of their own. */
function handleError(error: FastifyError, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const status = statusOfError(error);
  if (status < 500) return reply.code(status).send({ detail: messageOf(error) });
  request.log.error({ err: error, method: request.method, url: request.url }, "request failed");
  return reply.code(status).send({ detail: "Internal Server Error" });
}

function urlOf({ address, port }: AddressInfo): string {
  return `http://${isIPv6(address) ? `[${address}]` : address}:${port}`;
}
