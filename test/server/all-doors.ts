import type { ConnectRouter } from "@connectrpc/connect";
import type { RouteOptions } from "fastify";
import { onTestFinished } from "vitest";
import type { Door } from "../../src/doors/kit/door.ts";
import { doors } from "../../src/server/doors.ts";
import { openTemporaryStore } from "../store/temporary-store.ts";
import { type Running, start } from "./harness.ts";

/** A route with the door it belongs to, by its place in the list of doors. */
interface FoundRoute {
  method: string;
  url: string;
  door: Door;
}

/** A server with every door there is. */
export interface AllDoors extends Running {
  /** The routes of the doors, as they were registered. */
  routes: FoundRoute[];
  /** The RPCs of the doors and of the server itself, likewise. */
  rpcs: ConnectRouter["handlers"];
}

/** Starts a server with every door over an empty store, until the test ends. */
export async function startAllDoors(): Promise<AllDoors> {
  const { store, close } = await openTemporaryStore();
  onTestFinished(close);
  const routes: FoundRoute[] = [];
  let rpcs: ConnectRouter["handlers"] = [];
  const observed = doors.map((door): Door => {
    const { http, rpc } = door;
    return {
      ...(http && {
        http(app, context) {
          app.addHook("onRoute", ({ method, url }: RouteOptions) => {
            routes.push(...[method].flat().map((name) => ({ method: name, url, door })));
          });
          return http(app, context);
        },
      }),
      ...(rpc && {
        rpc(router, context) {
          rpcs = router.handlers;
          rpc(router, context);
        },
      }),
    };
  });
  const config = { rpcLimit: 2 ** 20, restLimit: 2 ** 20, otlpLimit: 2 ** 20 };
  const server = await start({ doors: observed, store, config });
  return { ...server, routes, rpcs };
}
