import { type ContextValues, createConnectRouter } from "@connectrpc/connect";
import type { UniversalHandler } from "@connectrpc/connect/protocol";
import {
  compressionBrotli,
  compressionGzip,
  universalRequestFromNodeRequest,
  universalResponseToNodeResponse,
} from "@connectrpc/connect-node";
import type { FastifyBaseLogger, FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { Door, DoorContext } from "../api/door.ts";
import { originValues } from "../api/request-project.ts";
import { deadlineInterceptor, shortenDeadline } from "./deadline.ts";
import { registerHealth } from "./health.ts";
import { registerReflection } from "./reflection.ts";
import { accessOf } from "./rpc-access.ts";
import { withCheckedEnvelopes } from "./rpc-envelopes.ts";
import { createRequestGate, errorInterceptor, refusalValues } from "./rpc-errors.ts";
import { readingInterceptor } from "./rpc-faults.ts";

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
  const router = createConnectRouter({
    acceptCompression: [compressionGzip, compressionBrotli],
    readMaxBytes: context.limits.rpcBytes,
    writeMaxBytes: context.limits.rpcBytes,
    compressMinBytes: COMPRESS_MIN_BYTES,
    interceptors: [readingInterceptor, errorInterceptor(logger), deadlineInterceptor(requestTimeoutMs)],
    requestGate: createRequestGate(logger),
    shutdownSignal: cutting,
  });
  for (const door of doors) door.rpc?.(router, context);
  registerHealth(router, stopping);
  registerReflection(router, stopping);

  app.removeAllContentTypeParsers();
  app.addContentTypeParser("*", (_request, _payload, done) => done(null));
  for (const handler of router.handlers) {
    app.route({
      url: handler.requestPath,
      method: handler.allowedMethods,
      config: { access: accessOf(handler.method) },
      handler: (request, reply) => answer(handler, request, reply, originValues(request.raw)),
      errorHandler: (error, request, reply) => answer(handler, request, reply, refusalValues(error)),
    });
  }
}

/**
 * Hands a request to an RPC. This is what `@connectrpc/connect-fastify` does as well, but that prints to the console
 * whenever a client hangs up.
 */
async function answer(
  handler: UniversalHandler,
  request: FastifyRequest,
  reply: FastifyReply,
  values: ContextValues,
): Promise<void> {
  reply.hijack();
  shortenDeadline(request.raw.headers);
  try {
    const response = await handler(
      withCheckedEnvelopes(universalRequestFromNodeRequest(request.raw, reply.raw, undefined, values)),
    );
    for (const [name, value] of Object.entries(reply.getHeaders())) {
      if (value !== undefined) reply.raw.setHeader(name, value);
    }
    await universalResponseToNodeResponse(response, reply.raw);
  } catch (error) {
    // Failures of the call are part of its answer; this is an answer that could not be sent.
    request.log.debug({ err: error, path: handler.requestPath }, "connection broke");
    reply.raw.destroy();
  }
}
