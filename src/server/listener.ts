import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from "node:http";
import { constants, createServer as createHttp2Server, type Http2Session } from "node:http2";
import { type Socket, Server as TcpServer } from "node:net";

/** How patient the listener is, in milliseconds. */
export interface ListenerTimeouts {
  /** From a connection's start until it is known which protocol it speaks. */
  silence: number;
  /** From a request's first byte to the end of its headers; over HTTP/2, until the client's settings arrive. */
  headers: number;
  /** How long an HTTP/2 request's body may pause. */
  body: number;
}

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

/** What a client that knows the server speaks HTTP/2 sends first (RFC 9113, section 3.4). */
const PREFACE = Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "latin1");

const KEEP_ALIVE_MS = 72_000;
const MAX_CONCURRENT_STREAMS = 1000;
/** In megabytes. What a session holds is bounded by flow control; the runtime's default of 10 refuses busy clients. */
const MAX_SESSION_MEMORY = 1024;

/** Creates a listener whose requests, of either protocol, go to `handler`. */
export function createListener(handler: RequestListener, timeouts: ListenerTimeouts): Listener {
  /** Every connection that is not known to speak HTTP/2, with the number of requests it has under way. */
  const connections = new Map<Socket, number>();
  const sessions = new Set<Http2Session>();
  let draining = false;

  function handleHttp1(request: IncomingMessage, response: ServerResponse): void {
    const { socket } = request;
    connections.set(socket, (connections.get(socket) ?? 0) + 1);
    if (draining) response.setHeader("connection", "close");
    response.once("close", () => {
      const underWay = connections.get(socket);
      if (underWay === undefined) return;
      connections.set(socket, underWay - 1);
      if (draining) endIfIdle(socket);
    });
    handler(request, response);
  }

  function endIfIdle(socket: Socket): void {
    if (connections.get(socket) === 0) socket.destroySoon();
  }

  const server = createServer(
    { headersTimeout: timeouts.headers, keepAliveTimeout: KEEP_ALIVE_MS, connectionsCheckingInterval: 1000 },
    handleHttp1,
  );
  const http2Server = createHttp2Server(
    { maxSessionMemory: MAX_SESSION_MEMORY, settings: { maxConcurrentStreams: MAX_CONCURRENT_STREAMS } },
    // The compatibility API's requests and responses are what the handler expects of HTTP/1.1, by Node's own promise.
    handler as unknown as Parameters<typeof createHttp2Server>[1],
  );
  http2Server.on("session", (session) => {
    sessions.add(session);
    session.once("close", () => sessions.delete(session));
    const noSettings = setTimeout(() => session.destroy(), timeouts.headers);
    session.once("remoteSettings", () => clearTimeout(noSettings));
    session.once("close", () => clearTimeout(noSettings));
  });
  http2Server.on("stream", (stream) => {
    if (stream.endAfterHeaders) return;
    stream.setTimeout(timeouts.body, () => stream.close(constants.NGHTTP2_CANCEL));
    stream.once("end", () => stream.setTimeout(0));
    // The answer is complete: a client that is still sending need not go on (RFC 9113, section 8.1).
    stream.once("wantTrailers", () => setImmediate(() => stream.readableEnded || stream.close()));
  });

  const serveHttp1 = server.listeners("connection")[0] as (socket: Socket) => void;
  server.removeAllListeners("connection");
  server.on("connection", (socket: Socket) => {
    connections.set(socket, 0);
    socket.once("close", () => connections.delete(socket));
    recognise(socket, timeouts.silence, (isHttp2) => {
      if (isHttp2) {
        connections.delete(socket);
        // http.Server leaves sockets half open; a session would then never learn that its client is gone.
        socket.allowHalfOpen = false;
        http2Server.emit("connection", socket);
      } else {
        serveHttp1.call(server, socket);
      }
    });
  });

  return {
    server,
    async drain(graceMs) {
      draining = true;
      const { promise: empty, resolve } = Promise.withResolvers<boolean>();
      // http.Server's own close() also cuts connections whose last response is still on its way out.
      TcpServer.prototype.close.call(server, () => resolve(true));
      for (const session of sessions) session.close();
      for (const socket of connections.keys()) endIfIdle(socket);
      const timer = setTimeout(resolve, graceMs, false);
      try {
        return await empty;
      } finally {
        clearTimeout(timer);
      }
    },
    destroy() {
      for (const session of sessions) session.destroy();
      for (const socket of connections.keys()) socket.destroy();
    },
  };
}

/**
 * Reads a connection's first bytes until they are the preface or cannot become it, puts them back and says which.
 * A connection that leaves it open for `silenceMs` is cut.
 */
function recognise(socket: Socket, silenceMs: number, decided: (isHttp2: boolean) => void): void {
  let seen = Buffer.alloc(0);
  const timer = setTimeout(() => socket.destroy(), silenceMs);
  const stopTimer = () => clearTimeout(timer);

  function onReadable(): void {
    const chunk: Buffer | null = socket.read();
    if (chunk === null) return;
    seen = Buffer.concat([seen, chunk]);
    const compared = Math.min(seen.length, PREFACE.length);
    const isPreface = seen.compare(PREFACE, 0, compared, 0, compared) === 0;
    if (isPreface && compared < PREFACE.length) return;
    stopTimer();
    socket.off("readable", onReadable);
    socket.off("error", ignore);
    socket.off("close", stopTimer);
    socket.unshift(seen);
    decided(isPreface);
  }

  socket.on("error", ignore);
  socket.on("close", stopTimer);
  socket.on("readable", onReadable);
}

/** For connections that break before they said anything. */
function ignore(): void {}
