import type { IncomingMessage, ServerResponse } from "node:http";
import { Http2ServerRequest, Http2ServerResponse } from "node:http2";

/** A request or response of either HTTP version, as Node gives it. */
export type RawMessage = IncomingMessage | ServerResponse | Http2ServerRequest | Http2ServerResponse;

/** What stands for the connection of a request or response: its HTTP/2 session, or its socket. */
export function connectionOf(raw: RawMessage): object {
  // A stream that is over has left its session, a response its socket: each then stands for itself.
  if (isHttp2(raw)) return raw.stream?.session ?? raw;
  return raw.socket ?? raw;
}

/** Whether a request or response is one of HTTP/2. */
export function isHttp2(raw: RawMessage): raw is Http2ServerRequest | Http2ServerResponse {
  return raw instanceof Http2ServerRequest || raw instanceof Http2ServerResponse;
}
