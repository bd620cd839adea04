import {
  Code,
  ConnectError,
  type ContextValues,
  createContextKey,
  createContextValues,
  type HandlerContext,
  type Interceptor,
} from "@connectrpc/connect";
import type { FastifyBaseLogger } from "fastify";
import { toConnectError } from "../doors/kit/rpc/connect-errors.ts";
import { blameClientWhileReading } from "./rpc-faults.ts";

const refusalKey = createContextKey<Error | undefined>(undefined);

/** Turns what handlers raise into RPC errors, and logs those that are the server's fault. */
export function errorInterceptor(logger: FastifyBaseLogger): Interceptor {
  return (next) => async (request) => {
    function translate(error: unknown): ConnectError {
      const known = toConnectError(error);
      if (known !== undefined) return known;
      // Whatever the handler raises once its call is over comes of that.
      if (request.signal.aborted) return ConnectError.from(request.signal.reason, Code.Canceled);
      return internalError(error, request, logger);
    }

    try {
      const response = await next(request);
      return response.stream ? { ...response, message: translated(response.message, translate) } : response;
    } catch (error) {
      throw translate(error);
    }
  };
}

async function* translated<T>(messages: AsyncIterable<T>, translate: (error: unknown) => ConnectError) {
  try {
    yield* messages;
  } catch (error) {
    throw translate(error);
  }
}

function internalError(
  error: unknown,
  { service, method }: Pick<HandlerContext, "service" | "method">,
  logger: FastifyBaseLogger,
): ConnectError {
  logger.error({ err: error, procedure: `${service.typeName}/${method.name}` }, "RPC failed");
  return new ConnectError("internal error", Code.Internal, undefined, undefined, error);
}

/** Context values by which a call is answered with an error that was raised before it began. */
export function refusalValues(error: Error): ContextValues {
  return createContextValues().set(refusalKey, error);
}

/** What every call passes before its message is read: raises the error it was refused with, if it was. */
export function createRequestGate(logger: FastifyBaseLogger): (call: HandlerContext) => void {
  return (call) => {
    const refusal = call.values.get(refusalKey);
    if (refusal) throw toConnectError(refusal) ?? internalError(refusal, call, logger);
    blameClientWhileReading(call);
  };
}
