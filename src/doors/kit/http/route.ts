import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { z } from "zod";
import type { DoorContext } from "../context.ts";
import type { Access } from "../identity/access.ts";
import type { BodyReader } from "./bodies.ts";

/** One method of one path of a door. What it says is all that a description of the API needs. */
export interface Route {
  method: "GET" | "POST" | "PATCH" | "DELETE";
  /** In Fastify's syntax: `/threads/:thread_id`. */
  path: string;
  access: Access;
  /** What the handler checks the parameters in the path by, where it does. */
  params?: z.ZodType;
  /** What it checks the query by, likewise. */
  query?: z.ZodType;
  /** What it checks the body by, if the request has a JSON one. */
  body?: Pick<BodyReader<unknown>, "type">;
  /** The largest body, where that is less than the door takes. */
  maxBytes?: number;
  handler: (context: DoorContext) => RouteHandler;
}

/** Answers a request: by the reply, or by a value that is sent as JSON. */
type RouteHandler = (request: FastifyRequest, reply: FastifyReply) => unknown;

/** Answers a request that failed, in the door's words. */
export type SendError = (error: Error, request: FastifyRequest, reply: FastifyReply) => FastifyReply;

/** What a door over HTTP is made of. */
interface HttpParts {
  routes: readonly Route[];
  /** Says which bodies the door takes, and how large. */
  takeBodies: (app: FastifyInstance, context: DoorContext) => void | Promise<void>;
  sendError: SendError;
}

/** The HTTP side of a door: its list of routes, and what registers them. */
export function serveRoutes({ routes, takeBodies, sendError }: HttpParts): {
  routes: readonly Route[];
  http: (app: FastifyInstance, context: DoorContext) => Promise<void>;
} {
  return {
    routes,
    async http(app, context) {
      await takeBodies(app, context);
      app.setErrorHandler(sendError);
      for (const { method, path, access, maxBytes, handler } of routes) {
        const limit = maxBytes === undefined ? {} : { bodyLimit: maxBytes };
        app.route({ method, url: path, config: { access }, ...limit, handler: handler(context) });
      }
    },
  };
}
