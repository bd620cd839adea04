import { onTestFinished } from "vitest";
import type { Limits } from "../../../src/doors/kit/door.ts";
import { weaveDoor } from "../../../src/doors/weave/door.ts";
import type { Instant } from "../../../src/model/base/instant.ts";
import type { Store } from "../../../src/store/store.ts";
import { openTemporaryStore } from "../../store/temporary-store.ts";
import { serve } from "../serve.ts";

export const PROJECT = "ent/proj";

/** Sends a body to a path of the door; returns status and text. */
export type Post = (path: string, body: unknown) => Promise<{ status: number; text: string; json: unknown }>;

/** Serves the Weave door over an empty store until the test ends, with a clock that stands or is the test's. */
export async function openWeave(
  limits: Partial<Limits> = {},
  now?: () => Instant,
): Promise<{ url: string; post: Post; store: Store }> {
  const { store, close } = await openTemporaryStore();
  onTestFinished(close);
  const url = await serve(weaveDoor, store, limits, now);
  return {
    url,
    store,
    async post(path, body) {
      const isForm = body instanceof FormData;
      const response = await fetch(url + path, {
        method: "POST",
        ...(!isForm && { headers: { "content-type": "application/json" } }),
        body: isForm ? body : typeof body === "string" ? body : JSON.stringify(body),
      });
      const text = await response.text();
      return {
        status: response.status,
        text,
        get json() {
          return JSON.parse(text);
        },
      };
    },
  };
}
