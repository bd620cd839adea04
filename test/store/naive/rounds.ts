import { setImmediate as turnOfLoop } from "node:timers/promises";
import { StoreUnavailableError } from "../../../src/store/errors.ts";
import type { ReadOptions } from "../../../src/store/roles/read-options.ts";
import type { Store } from "../../../src/store/store.ts";
import type { NaiveData } from "./data.ts";
import type { PlainStore } from "./plain.ts";

/** In which round a question is answered: with all data at hand, or after it was found that some must be loaded. */
export type Round = "first" | "second";

const NOT_YET_LOADED = Symbol("not yet loaded");

/** The operations that answer with streams. */
const STREAMS: readonly (keyof PlainStore)[] = [
  ...(["queryThreads", "querySpans", "listTurns", "queryCalls", "queryFeedback"] as const),
  ...(["searchThreads", "listStates", "listChats", "listMessages"] as const),
  ...(["readFile", "getObjects", "queryObjects", "queryRows", "exportProject"] as const),
];

/** Those that answer at once, to who may give up waiting. */
const COUNTS: readonly (keyof PlainStore)[] = ["countCalls", "countThreads"];

/**
 * A store of plain operations on some data. On the second round an operation finds at first that what it looks at is not
 * there, which ends it; it is run again, from its beginning, in a later turn of the event loop, when all is there. A
 * stream lets such a turn pass before each batch.
 */
export function inRounds(held: NaiveData, round: Round, operations: (data: NaiveData) => PlainStore): Store {
  let isLoaded = true;
  let isClosed = false;
  const data = new Proxy(held, {
    get(target, name, receiver) {
      if (!isLoaded) throw NOT_YET_LOADED;
      return Reflect.get(target, name, receiver);
    },
  });

  function mustBeOpen(): void {
    if (isClosed) throw new StoreUnavailableError("the store is closed");
  }

  async function answer<T>(ask: () => T): Promise<T> {
    mustBeOpen();
    if (round === "first") return ask();
    isLoaded = false;
    try {
      return ask();
    } catch (error) {
      if (error !== NOT_YET_LOADED) throw error;
    } finally {
      isLoaded = true;
    }
    await turnOfLoop();
    mustBeOpen();
    return ask();
  }

  async function* stream(ask: () => unknown[], { signal }: ReadOptions = {}): AsyncIterable<unknown> {
    signal?.throwIfAborted();
    for (const batch of await answer(ask)) {
      signal?.throwIfAborted();
      yield batch;
      if (round === "second") await turnOfLoop();
    }
  }

  async function count(ask: () => unknown, { signal }: ReadOptions = {}): Promise<unknown> {
    signal?.throwIfAborted();
    const found = await answer(ask);
    signal?.throwIfAborted();
    return found;
  }

  const wrapped = Object.entries(operations(data)).map(([name, operation]) => {
    const ask = operation as (...given: unknown[]) => unknown;
    if (STREAMS.some((each) => each === name)) {
      return [
        name,
        (query: unknown, options?: ReadOptions) => stream(() => ask(query) as unknown[], options),
      ];
    }
    if (COUNTS.some((each) => each === name)) {
      return [name, (query: unknown, options?: ReadOptions) => count(() => ask(query), options)];
    }
    return [name, (...given: unknown[]) => answer(() => ask(...given))];
  });
  return {
    ...(Object.fromEntries(wrapped) as Omit<Store, "watchHealth" | "close">),

    watchHealth(listener) {
      mustBeOpen();
      listener(null);
      return () => {};
    },

    async close() {
      isClosed = true;
    },
  };
}
