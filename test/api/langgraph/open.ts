import type { Door } from "../../../src/api/door.ts";
import { langgraphDoor } from "../../../src/api/langgraph/door.ts";
import type { Instant } from "../../../src/model/instant.ts";
import type { ThreadSearch } from "../../../src/model/thread-record.ts";
import type { Store } from "../../../src/store/store.ts";
import { start } from "../../server/harness.ts";
import { createNaiveStore } from "../../store/naive-store.ts";
import { NOW } from "../serve.ts";

/** A thread's id in tests that need one and the same. */
export const ID = "0198c2f0-7e11-7000-8000-0000000000aa";

/** An answer of the door. */
interface Answer {
  status: number;
  headers: Headers;
  text: string;
  /** The body as JSON; undefined if there is none. */
  json: unknown;
}

/** The door on a server of its own, with a clock that moves a second with each look at it. */
export interface OpenDoor<S extends Store> {
  url: string;
  store: S;
  clock: { time: Instant };
  /** Sends a request; a body that is not a text is sent as JSON. */
  call(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>;
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

  async function call(method: string, path: string, body?: unknown, headers: Record<string, string> = {}) {
    const sent = typeof body === "string" || body === undefined ? body : JSON.stringify(body);
    const type = { "content-type": "application/json" };
    const response = await fetch(url + path, {
      method,
      headers: sent === undefined ? headers : { ...type, ...headers },
      ...(sent !== undefined && { body: sent }),
    });
    const text = await response.text();
    const json = text === "" ? undefined : JSON.parse(text);
    return { status: response.status, headers: response.headers, text, json };
  }

  const create = async (body: object = {}) => (await call("POST", "/threads", body)).json;
  return { url, store, clock, call, create };
}
