import { createServer, type RequestListener, type Server } from "node:http";
import { type Socket, Server as TcpServer } from "node:net";
import { forConnection, hearErrors, refuseExpectation } from "./connection.ts";
import { createHttp1Connections } from "./http1.ts";
import { createHttp2Connections } from "./http2.ts";
import type { ListenerLimits } from "./listener-limits.ts";
import { recognise } from "./recognise.ts";

/** One cleartext port that speaks HTTP/1.1 and, to clients that start with its preface, HTTP/2. */
export interface Listener {
  /** Listens, and owns every connection. */
  server: Server;
  /**
   * Takes no new connections and lets each one end after the requests it has under way. Resolves when all are gone or
   * `graceMs` have passed.
   *
   * @returns whether all are gone
   */
  drain(graceMs: number): Promise<boolean>;
  /** Cuts what is left. */
  destroy(): void;
}

const KEEP_ALIVE_MS = 72_000;
const RETRY_AFTER_SECONDS = 1;

/** Creates a listener whose requests, of either protocol, go to `handler`. */
export function createListener(handler: RequestListener, limits: ListenerLimits): Listener {
  const bounded = boundRequests(handler, limits.requests);
  const http1 = createHttp1Connections(bounded);
  const http2 = createHttp2Connections(bounded, limits);
  const sockets = new Set<Socket>();
  /** Connections of which it is not known yet what they speak. */
  const unknown = new Set<Socket>();

  const server = createServer(
    {
      headersTimeout: limits.timeouts.headers,
      keepAliveTimeout: KEEP_ALIVE_MS,
      connectionsCheckingInterval: 1000,
      maxHeaderSize: limits.headerBytes,
    },
    http1.serve,
  );
  server.maxConnections = limits.connections;
  server.on("checkExpectation", refuseExpectation);

  const serveHttp1 = server.listeners("connection")[0] as (socket: Socket) => void;
  server.removeAllListeners("connection");
  server.on("connection", (socket: Socket) => {
    hearErrors(socket);
    sockets.add(socket);
    unknown.add(socket);
    socket.once("close", () => {
      sockets.delete(socket);
      unknown.delete(socket);
    });
    recognise(socket, limits.timeouts.silence, (isHttp2) => {
      unknown.delete(socket);
      forConnection(socket, () => {
        if (isHttp2) return http2.add(socket);
        http1.add(socket);
        serveHttp1.call(server, socket);
      });
    });
  });

  return {
    server,
    async drain(graceMs) {
      const { promise: empty, resolve } = Promise.withResolvers<boolean>();
      // http.Server's own close() also cuts connections whose last response is still on its way out.
      TcpServer.prototype.close.call(server, () => resolve(true));
      http2.drain();
      http1.drain();
      for (const socket of unknown) socket.destroy();
      const timer = setTimeout(resolve, graceMs, false);
      try {
        return await empty;
      } finally {
        clearTimeout(timer);
      }
    },
    destroy() {
      http2.destroy();
      // A session that is closed can leave its socket open until its client closes that.
      for (const socket of sockets) socket.destroy();
    },
  };
}

/** Answers 503 while too many requests are under way: each takes memory, however little is known of it. */
function boundRequests(handler: RequestListener, most: number): RequestListener {
  let underWay = 0;
  return (request, response) => {
    if (underWay >= most) {
      response.writeHead(503, { "retry-after": `${RETRY_AFTER_SECONDS}` }).end();
      return;
    }
    underWay += 1;
    response.on("close", () => {
      underWay -= 1;
    });
    handler(request, response);
  };
}
