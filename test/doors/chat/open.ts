import { onTestFinished } from "vitest";
import { chatDoor } from "../../../src/doors/chat/door.ts";
import type { Door } from "../../../src/doors/kit/door.ts";
import type { Instant } from "../../../src/model/base/instant.ts";
import type { Store } from "../../../src/store/store.ts";
import { start } from "../../server/harness.ts";
import { openTemporaryStore } from "../../store/temporary-store.ts";
import { type Call, createCall } from "../call.ts";
import { NOW } from "../serve.ts";

/** A thread as the door prints it. */
export type ThreadJson = Record<string, unknown> & { threadId: string };

/** The door on a server of its own, with a clock that moves a second with each look at it. */
export interface OpenDoor {
  url: string;
  store: Store;
  clock: { time: Instant };
  call: Call;
  /** Creates a thread by a body, and returns it. */
  create(body?: object): Promise<ThreadJson>;
  /** Adds messages to a thread. */
  append(threadId: string, messages: object[]): ReturnType<Call>;
  /** The list of threads, of `path` with its query. */
  list(path?: string): Promise<Record<string, unknown> & { threads: ThreadJson[] }>;
}

const SECOND = 1_000_000;

/** Serves the door over a store, or one of SQLite of its own, until the test ends. */
export async function openDoor(given?: Store, restLimit = 2 ** 25): Promise<OpenDoor> {
  const store = given ?? (await openStore());
  const clock = { time: NOW };
  const now = () => (clock.time += SECOND);
  const door: Door = { http: (app, context) => chatDoor.http?.(app, { ...context, now }) };
  const { url } = await start({ doors: [door], store, config: { restLimit } });
  const call = createCall(url);
  return {
    url,
    store,
    clock,
    call,
    create: async (body = {}) => (await call("POST", "/api/chat/threads", body)).json as ThreadJson,
    append: (threadId, messages) => call("POST", `/api/chat/threads/${threadId}/messages`, { messages }),
    list: async (path = "/api/chat/threads") =>
      (await call("GET", path)).json as Awaited<ReturnType<OpenDoor["list"]>>,
  };
}

async function openStore(): Promise<Store> {
  const { store, close } = await openTemporaryStore();
  onTestFinished(close);
  return store;
}
