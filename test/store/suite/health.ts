import { expect } from "vitest";
import { StoreUnavailableError } from "../../../src/store/errors.ts";
import { span } from "../builders.ts";
import { draft } from "../record-builders.ts";
import type { DefineTest } from "./describe-store.ts";

/** A store tells whether it can take writes. What can be wrong is the engine's, and so are the tests of that. */
export function healthTests(test: DefineTest): void {
  test("a store that is well says so at once, to each who asks", async ({ store }) => {
    const told: (string | null)[] = [];
    const unwatch = store.watchHealth((trouble) => told.push(trouble));
    store.watchHealth((trouble) => told.push(trouble))();
    expect(told).toEqual([null, null]);
    unwatch();
  });

  test("nothing is to be derived again of what is written now", async ({ store }) => {
    await store.writeSpans([span({ thread: "thread" })]);
    await store.createThread(draft());
    expect(await store.derivations()).toEqual([]);
    await store.close();
    await expect(store.derivations()).rejects.toThrow(StoreUnavailableError);
  });

  test("a store that is closed tells nothing", async ({ store }) => {
    const told: (string | null)[] = [];
    store.watchHealth((trouble) => told.push(trouble));
    await store.close();
    expect(told).toEqual([null]);
    expect(() => store.watchHealth(() => {})).toThrow(StoreUnavailableError);
  });
}
