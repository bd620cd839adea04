import type { Door, Limits } from "../../src/doors/kit/door.ts";
import type { Instant } from "../../src/model/base/instant.ts";
import type { Store } from "../../src/store/store.ts";
import { start } from "../server/harness.ts";

/** What the time is for the doors that `serve` serves. */
export const NOW = 1_787_184_000_250_000;

/** Serves one door over a store until the test ends, with small limits and a clock that stands or is the test's; returns its URL. */
export async function serve(
  { http, rpc }: Door,
  store: Store,
  limits: Partial<Limits> = {},
  now: () => Instant = () => NOW,
): Promise<string> {
  const door: Door = {
    ...(http && { http: (app, context) => http(app, { ...context, now }) }),
    ...(rpc && { rpc: (router, context) => rpc(router, { ...context, now }) }),
  };
  const { restBytes = 2 ** 20, rpcBytes = 2 ** 20 } = limits;
  const config = { restLimit: restBytes, rpcLimit: rpcBytes };
  const { url } = await start({ doors: [door], store, config });
  return url;
}
