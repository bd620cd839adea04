import { Code, ConnectError, type ContextValues } from "@connectrpc/connect";
import type { UniversalServerRequest } from "@connectrpc/connect/protocol";
import type { FastifyReply, FastifyRequest } from "fastify";
import { whenOver } from "../doors/kit/http/memory.ts";

/** A request as the runtime takes it. */
export interface RpcRequest {
  request: UniversalServerRequest;
  /** The answer is made: that the connection ends from now on means nothing. */
  answered(): void;
}

/**
 * Makes a request what the runtime takes, with a signal that aborts when its client is gone. The runtime's own function
 * aborts at the end of every call, and to make the reason of that takes as long as a short read.
 */
export function toRpcRequest(
  { raw }: FastifyRequest,
  reply: FastifyReply,
  body: AsyncIterable<Uint8Array>,
  contextValues: ContextValues,
): RpcRequest {
  const gone = new AbortController();
  let isAnswered = false;
  whenOver(reply.raw, () => {
    if (!isAnswered) gone.abort(new ConnectError("the client is gone", Code.Canceled));
  });
  const authority = "authority" in raw ? raw.authority : raw.headers.host;
  const request = {
    httpVersion: raw.httpVersion,
    method: raw.method ?? "",
    url: `http://${authority ?? "localhost"}${raw.url ?? "/"}`,
    header: webHeaders(raw.headers),
    body,
    signal: gone.signal,
    contextValues,
  };
  return {
    request,
    answered() {
      isAnswered = true;
    },
  };
}

/** Headers without those that HTTP/2 has for the request itself. */
function webHeaders(given: FastifyRequest["raw"]["headers"]): Headers {
  const headers = new Headers();
  for (const [name, value] of Object.entries(given)) {
    if (value === undefined || name.startsWith(":")) continue;
    for (const one of [value].flat()) headers.append(name, one);
  }
  return headers;
}
