import type { AddressInfo } from "node:net";
import { Code, ConnectError, type Interceptor } from "@connectrpc/connect";
import { fastifyConnectPlugin } from "@connectrpc/connect-fastify";
import fastify, { type FastifyInstance } from "fastify";
import { onTestFinished } from "vitest";
import type { Door, DoorContext } from "../../src/api/door.ts";
import { namedProjectValues } from "../../src/api/request-project.ts";
import { InvalidRequestError, TooLargeError } from "../../src/model/errors.ts";
import type { Store } from "../../src/store/store.ts";

export const NOW = 1_787_184_000_250_000;

const LIMITS = { otlpBytes: 1 << 26, restBytes: 1 << 20, rpcBytes: 1 << 20 };

/** Serves one door over a socket until the test ends; returns its URL. */
export async function serve(
  door: Door,
  store: Store,
  options: { http2?: boolean; limits?: Partial<DoorContext["limits"]> } = {},
): Promise<string> {
  const app = (options.http2
    ? fastify({ http2: true })
    : fastify({ forceCloseConnections: true })) as unknown as FastifyInstance;
  const context: DoorContext = {
    store,
    now: () => NOW,
    defaultProject: "default",
    limits: { ...LIMITS, ...options.limits },
  };
  await app.register(async (scope) => door.http?.(scope, context));
  await app.register(fastifyConnectPlugin, {
    routes: (router) => door.rpc?.(router, context),
    contextValues: (request) => namedProjectValues(request.raw),
    interceptors: [codes],
  });
  await app.listen({ host: "127.0.0.1", port: 0 });
  onTestFinished(() => app.close());
  return `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`;
}

/** Stands for the server's interceptor: just enough for the domain errors these tests meet. */
const codes: Interceptor = (next) => async (request) => {
  try {
    const response = await next(request);
    return response.stream ? { ...response, message: translated(response.message) } : response;
  } catch (error) {
    throw translate(error);
  }
};

async function* translated<T>(messages: AsyncIterable<T>): AsyncGenerator<T> {
  try {
    yield* messages;
  } catch (error) {
    throw translate(error);
  }
}

function translate(error: unknown): unknown {
  if (error instanceof InvalidRequestError) return new ConnectError(error.message, Code.InvalidArgument);
  if (error instanceof TooLargeError) return new ConnectError(error.message, Code.ResourceExhausted);
  return error;
}
