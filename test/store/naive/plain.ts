import type { Store } from "../../../src/store/store.ts";

/** Some of a store's operations as they are when all that they need is at hand: streams are lists of their batches. */
export type Plain<Role> = {
  [Name in keyof Role]: Role[Name] extends (...given: infer Given) => Promise<infer Answer>
    ? (...given: Given) => Answer
    : Role[Name] extends (...given: infer Given) => AsyncIterable<infer Batch>
      ? (...given: Given) => Batch[]
      : never;
};

/** What a naive store does, but for how it is watched and closed. */
export type PlainStore = Plain<Omit<Store, "watchHealth" | "close">>;
