import { base64Decode } from "@bufbuild/protobuf/wire";
import { Code, ConnectError, type HandlerContext, type Interceptor } from "@connectrpc/connect";
import type { FastifyBaseLogger } from "fastify";
import { toConnectError } from "../api/connect-errors.ts";

/** Turns what handlers raise into RPC errors, and logs those that are the server's fault. */
export function errorInterceptor(logger: FastifyBaseLogger): Interceptor {
  return (next) => async (request) => {
    function translate(error: unknown): ConnectError {
      const known = toConnectError(error);
      if (known !== undefined) return known;
      // Whatever the handler raises once its call is over comes of that.
      if (request.signal.aborted) return ConnectError.from(request.signal.reason, Code.Canceled);
      logger.error(
        { err: error, procedure: `${request.service.typeName}/${request.method.name}` },
        "RPC failed",
      );
      return new ConnectError("internal error", Code.Internal, undefined, undefined, error);
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

/**
 * A request gate that makes malformed messages INVALID_ARGUMENT. The runtime calls them INTERNAL, and no interceptor
 * sees them: a binary message that does not parse ends the call's context with its error before that is written to the
 * client, a query parameter that is no base64 is looked at before the runtime does.
 */
export function blameClientForMalformedMessages({ signal, requestMethod, url }: HandlerContext): void {
  signal.addEventListener("abort", () => {
    const error: unknown = signal.reason;
    if (!(error instanceof ConnectError) || error.code !== Code.Internal) return;
    if (error.rawMessage.startsWith("parse binary: ")) Object.assign(error, { code: Code.InvalidArgument });
  });
  if (requestMethod !== "GET") return;
  const query = new URL(url).searchParams;
  try {
    if (query.get("base64") === "1") base64Decode(query.get("message") ?? "");
  } catch (error) {
    throw new ConnectError("the message is not base64", Code.InvalidArgument, undefined, undefined, error);
  }
}
