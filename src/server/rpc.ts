import { type ContextValues, createConnectRouter } from "@connectrpc/connect";
import type { UniversalHandler } from "@connectrpc/connect/protocol";
import { compressionBrotli, compressionGzip } from "@connectrpc/connect-node";
import type { FastifyBaseLogger, FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { Door, DoorContext } from "../doors/kit/door.ts";
import { cut, openAnswer } from "../doors/kit/http/memory.ts";
import { originValues } from "../doors/kit/identity/request-project.ts";
import { withAnswer } from "../doors/kit/rpc/call-answer.ts";
import { textLimitInterceptor } from "../doors/kit/rpc/text-limits.ts";
import { deadlineInterceptor, shortenDeadline } from "./deadline.ts";
import { registerHealth, type ServerHealth } from "./health.ts";
import { registerReflection } from "./reflection.ts";
import { accessOf } from "./rpc-access.ts";
import { sendRpcAnswer } from "./rpc-answer.ts";
import { countDecompressed, openRpcBody } from "./rpc-body.ts";
import { createRequestGate, errorInterceptor, refusalValues } from "./rpc-errors.ts";
import { readingInterceptor } from "./rpc-faults.ts";
import { toRpcRequest } from "./rpc-request.ts";
import { roomInterceptor } from "./rpc-room.ts";

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
  health: ServerHealth;
  /** Aborts when shutdown begins: streams without an end of their own end. */
  stopping: AbortSignal;
  /** Aborts when shutdown has waited long enough: calls still under way fail with its reason. */
  cutting: AbortSignal;
}

/** Registers the RPCs of all doors, health and reflection, in gRPC, gRPC-Web and Connect. */
export async function registerRpc(app: FastifyInstance, options: RpcOptions): Promise<void> {
  const { doors, context, logger, requestTimeoutMs, health, stopping, cutting } = options;
  const router = createConnectRouter({
    acceptCompression: [compressionGzip, compressionBrotli].map(countDecompressed),
    readMaxBytes: context.limits.rpcBytes,
    writeMaxBytes: context.limits.rpcBytes,
    compressMinBytes: COMPRESS_MIN_BYTES,
    interceptors: [
      readingInterceptor,
      errorInterceptor(logger),
      deadlineInterceptor(requestTimeoutMs),
      textLimitInterceptor,
      roomInterceptor,
    ],
    requestGate: createRequestGate(logger),
    shutdownSignal: cutting,
  });
  for (const door of doors) door.rpc?.(router, context);
  registerHealth(router, health);
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
 * Hands a request to an RPC, and its answer to the client. `@connectrpc/connect-fastify` does as much, but destroys the
 * connection of a client that is answered while it sends, and prints to the console when one hangs up.
 */
async function answer(
  handler: UniversalHandler,
  request: FastifyRequest,
  reply: FastifyReply,
  values: ContextValues,
): Promise<void> {
  reply.hijack();
  shortenDeadline(request.raw.headers);
  const { memory } = request.server;
  const account = openAnswer(memory, reply.raw);
  const body = openRpcBody(memory, request, reply, handler.method.methodKind === "bidi_streaming");
  try {
    const isOpen = request.routeOptions.config.access === "open";
    const call = toRpcRequest(request, reply, body.chunks, isOpen ? values : withAnswer(values, account));
    const answered = await body.read(() => handler(call.request));
    await sendRpcAnswer(answered, reply, account);
    call.answered();
  } catch (error) {
    // Failures of the call are part of its answer; this is an answer that could not be sent.
    request.log.debug({ err: error, path: handler.requestPath }, "connection broke");
    cut(reply.raw);
  }
}
