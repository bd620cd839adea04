import type { ConnectRouter } from "@connectrpc/connect";
import type { FastifyInstance } from "fastify";
import type { DoorContext } from "./context.ts";
import type { Route } from "./http/route.ts";

/**
 * One dialect's way in. Each door registers in a scope of its own, so that its error handler, body parsers and hooks
 * are its alone; a door may have HTTP routes, RPCs or both.
 */
export interface Door {
  /** The routes that `http` serves, as far as they are listed. */
  routes?: readonly Route[];
  http?: (app: FastifyInstance, context: DoorContext) => void | Promise<void>;
  rpc?: (router: ConnectRouter, context: DoorContext) => void;
}
