import type { Door } from "../../../src/doors/kit/door.ts";
import { langgraphDoor } from "../../../src/doors/langgraph/door.ts";
import type { Instant } from "../../../src/model/base/instant.ts";
import type { ThreadSearch } from "../../../src/model/threads/thread-record.ts";
import type { Store } from "../../../src/store/store.ts";
import { start } from "../../server/harness.ts";
import { createNaiveStore } from "../../store/naive-store.ts";
import { type Call, createCall } from "../call.ts";
import { NOW } from "../serve.ts";

/** A thread's id in tests that need one and the same. */
export const ID = "0198c2f0-7e11-7000-8000-0000000000aa";

/** The door on a server of its own, with a clock that moves a second with each look at it. */
export interface OpenDoor<S extends Store> {
  url: string;
  store: S;
  clock: { time: Instant };
  call: Call;
  /** Creates a thread by a body, and returns it. */
  create(body?: object): Promise<Record<string, unknown> & { thread_id: string }>;
}

const SECOND = 1_000_000;

/** An empty store that remembers what searches asked of it. */
function createAskedStore(): Store & { searches: ThreadSearch[] } {
  const store = createNaiveStore();
  const searches: ThreadSearch[] = [];
  return {
    ...store,
    searches,
    searchThreads(search, options) {
      searches.push(search);
      return store.searchThreads(search, options);
    },
  };
}

/** Serves the door over a store until the test ends. */
export async function openDoor(): Promise<OpenDoor<ReturnType<typeof createAskedStore>>>;
export async function openDoor<S extends Store>(store?: S, restLimit?: number): Promise<OpenDoor<S>>;
export async function openDoor(store: Store = createAskedStore(), restLimit = 2 ** 25) {
  const clock = { time: NOW };
  const now = () => (clock.time += SECOND);
  const door: Door = { http: (app, context) => langgraphDoor.http?.(app, { ...context, now }) };
  const { url } = await start({ doors: [door], store, config: { restLimit } });

  const call = createCall(url);
  const create = async (body: object = {}) => (await call("POST", "/threads", body)).json;
  return { url, store, clock, call, create };
}
