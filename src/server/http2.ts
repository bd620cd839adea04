import type { RequestListener } from "node:http";
import {
  constants,
  createServer,
  type Http2Server,
  type Http2ServerRequest,
  type Http2ServerResponse,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from "node:http2";
import type { Socket } from "node:net";
import { hearErrors, refuseExpectation } from "./connection.ts";
import type { ListenerLimits } from "./listener-limits.ts";
import { guardResets } from "./reset-guard.ts";

/** The HTTP/2 connections of a listener. */
export interface Http2Connections {
  add(socket: Socket): void;
  /** Lets each end after the requests it has under way. */
  drain(): void;
  destroy(): void;
}

/** In megabytes. What a session holds is bounded by flow control; the runtime's default of 10 refuses busy clients. */
const MAX_SESSION_MEMORY = 128;

/** Keeps the connections that speak HTTP/2. */
export function createHttp2Connections(
  handler: RequestListener,
  { timeouts, streams, resetsPerSecond, headerBytes }: ListenerLimits,
): Http2Connections {
  const sessions = new Set<ServerHttp2Session>();
  const server: Http2Server = createServer({
    maxSessionMemory: MAX_SESSION_MEMORY,
    settings: { maxConcurrentStreams: streams, maxHeaderListSize: headerBytes },
    // The runtime's own bound on resets; ours comes first, and knows what was finished.
    streamResetBurst: resetsPerSecond * 4,
    streamResetRate: resetsPerSecond * 2,
  });

  server.on("session", (session) => {
    hearErrors(session);
    sessions.add(session);
    session.once("close", () => sessions.delete(session));
    const noSettings = setTimeout(() => session.destroy(), timeouts.headers);
    session.once("remoteSettings", () => clearTimeout(noSettings));
    session.once("close", () => clearTimeout(noSettings));
    session.prependListener("stream", hearErrors);
    guardResets(session, resetsPerSecond);
  });
  // Before what closes streams below, so that trailers are on their way first.
  server.on("request", serve);
  server.on("stream", (stream) => {
    if (stream.destroyed || stream.endAfterHeaders) return;
    stream.setTimeout(timeouts.body, () => stream.close(constants.NGHTTP2_CANCEL));
    stream.once("end", () => stream.setTimeout(0));
    stream.once("wantTrailers", () => setImmediate(endRequest, stream));
  });
  server.on("checkExpectation", refuseExpectation);

  function serve(request: Http2ServerRequest, response: Http2ServerResponse): void {
    hearErrors(request);
    hearErrors(response);
    // Reset before anything was done for it.
    if ((request.stream as ServerHttp2Stream).destroyed) return;
    // The compatibility API's requests and responses are what the handler expects of HTTP/1.1, by Node's own promise.
    (handler as unknown as (request: Http2ServerRequest, response: Http2ServerResponse) => void)(
      request,
      response,
    );
  }

  /** Ends a request whose answer is complete: a client that still sends need not go on (RFC 9113, section 8.1). */
  function endRequest(stream: ServerHttp2Stream): void {
    if (stream.readableEnded) return;
    stream.close();
    // A stream is over when all of it is read; until then the session does not end, even when its client is gone.
    stream.removeAllListeners("data");
    stream.resume();
  }

  return {
    add(socket) {
      // http.Server leaves sockets half open; a session would then never learn that its client is gone.
      socket.allowHalfOpen = false;
      server.emit("connection", socket);
    },
    drain() {
      for (const session of sessions) session.close();
    },
    destroy() {
      for (const session of sessions) session.destroy();
    },
  };
}
