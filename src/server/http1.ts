import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { hearErrors } from "./connection.ts";
import { dropRest } from "./linger.ts";

/** What is known of an HTTP/1.1 connection. */
interface Connection {
  underWay: number;
  /** A request that is answered, but whose body still comes. */
  dropping: IncomingMessage | null;
  /** It ends with that request. */
  isEnding: boolean;
}

/** The HTTP/1.1 connections of a listener. */
export interface Http1Connections {
  add(socket: Socket): void;
  /** Serves a request of one of them. */
  serve(request: IncomingMessage, response: ServerResponse): void;
  /** Lets each end after the requests it has under way. */
  drain(): void;
}

/**
 * Keeps the connections that speak HTTP/1.1. An answer that is over before its request is does not close the connection
 * at once: what still comes of the request is dropped for a while, so that its sender gets to read the answer.
 */
export function createHttp1Connections(handler: RequestListener): Http1Connections {
  const connections = new Map<Socket, Connection>();
  let isDraining = false;

  function endIfIdle(socket: Socket, { underWay, dropping }: Connection): void {
    if (underWay === 0 && dropping === null) socket.destroySoon();
  }

  return {
    add(socket) {
      const connection: Connection = { underWay: 0, dropping: null, isEnding: false };
      connections.set(socket, connection);
      socket.once("close", () => connections.delete(socket));
      // Node calls this as soon as the last answer of a connection is out.
      const destroySoon = socket.destroySoon.bind(socket);
      socket.destroySoon = () => {
        if (connection.dropping === null) return destroySoon();
        connection.isEnding = true;
        socket.end();
      };
    },

    serve(request, response) {
      hearErrors(request);
      hearErrors(response);
      const { socket } = request;
      const connection = connections.get(socket);
      // What comes after the last request of a connection is none.
      if (!connection || connection.isEnding) return;
      connection.underWay += 1;
      if (isDraining) response.setHeader("connection", "close");
      response.on("prefinish", () => {
        if (socket.destroyed) return;
        // What was read in part holds up the connection's next request.
        request.resume();
        if (request.complete) return;
        connection.dropping = request;
        dropRest(socket, request, () => {
          connection.dropping = null;
          if (connection.isEnding || isDraining) socket.destroySoon();
        });
      });
      response.on("close", () => {
        connection.underWay -= 1;
        if (isDraining) endIfIdle(socket, connection);
      });
      handler(request, response);
    },

    drain() {
      isDraining = true;
      for (const [socket, connection] of connections) endIfIdle(socket, connection);
    },
  };
}
