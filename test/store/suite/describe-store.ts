import { describe, expect, it, type TestContext } from "vitest";
import type { Store } from "../../../src/store/store.ts";

/** A store made for one test, empty at first. */
export interface StoreHandle {
  store: Store;
  /** Closes the store and opens another over the same data; left out where nothing outlives a close. */
  reopen?(): Promise<Store>;
  /** Closes whatever is still open and removes its data; must work after the store was closed too. */
  close(): Promise<void>;
}

/** Defines one test, which gets a store of its own. */
export type DefineTest = (
  name: string,
  run: (handle: StoreHandle, context: TestContext) => Promise<void>,
  timeout?: number,
) => void;

/** Defines the tests of one concept. */
export type StoreTests = (test: DefineTest) => void;

/**
 * Runs tests of concepts over one engine. `exceptions` names the tests that the engine cannot meet, each with the
 * reason; they are shown as skipped, and a name that no test has is a failure.
 */
export function describeConcepts(
  engine: string,
  open: () => Promise<StoreHandle>,
  concepts: Record<string, StoreTests>,
  exceptions: Record<string, string>,
): void {
  const names = new Set<string>();

  const test: DefineTest = (name, run, timeout) => {
    names.add(name);
    const reason = exceptions[name];
    if (reason !== undefined) {
      it(name, (context) => context.skip(reason));
      return;
    }
    it(
      name,
      async (context) => {
        const handle = await open();
        try {
          await run(handle, context);
        } finally {
          await handle.close();
        }
      },
      timeout,
    );
  };

  describe(engine, () => {
    for (const [concept, defineTests] of Object.entries(concepts)) describe(concept, () => defineTests(test));
    it("is excepted from tests that exist only", () => {
      expect(Object.keys(exceptions).filter((name) => !names.has(name))).toEqual([]);
    });
  });
}
