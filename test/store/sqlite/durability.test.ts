import Database from "better-sqlite3";
import { describe, expect, it, onTestFinished } from "vitest";
import { StoreBusyError } from "../../../src/store/errors.ts";
import type { SqliteOptions } from "../../../src/store/sqlite/engine.ts";
import { span } from "../builders.ts";
import { openTemporaryStore } from "./open-store.ts";

async function open(options: Partial<SqliteOptions>) {
  const temporary = await openTemporaryStore(options);
  onTestFinished(() => temporary.close());
  const outside = new Database(temporary.file);
  onTestFinished(() => {
    outside.close();
  });
  const count = outside.prepare<[], number>("SELECT count(*) FROM span").pluck();
  return { store: temporary.store, outside, stored: () => count.get() };
}

/** Whether a promise has settled once everything that could settle it at once has had its turn. */
async function settles(promise: Promise<unknown>, other: Promise<unknown>): Promise<boolean> {
  const first = await Promise.race([promise.then(() => "promise"), other.then(() => "other")]);
  return first === "promise";
}

describe("an acknowledged write", () => {
  it.each([
    { durability: "full" as const, synchronous: 2 },
    { durability: "relaxed" as const, synchronous: 1 },
  ])("with $durability durability is committed with synchronous=$synchronous", async (given) => {
    const { store } = await open({ durability: given.durability });
    expect(await store.pragmas()).toEqual({ journalMode: "wal", synchronous: given.synchronous });
  });

  it("can be seen by every other connection", async () => {
    const { store, stored } = await open({ durability: "full" });
    await store.writeSpans([span()]);
    expect(stored()).toBe(1);
  });

  it("is not acknowledged while its transaction cannot commit", async () => {
    const { store, outside, stored } = await open({ durability: "full" });
    outside.exec("BEGIN IMMEDIATE");
    const write = store.writeSpans([span()]);
    // The writer answers in the order asked, so it has seen the write when it answers this.
    expect(await settles(write, store.pragmas())).toBe(false);
    expect(stored()).toBe(0);
    outside.exec("COMMIT");
    await write;
    expect(stored()).toBe(1);
  });
});

describe("writes that wait", () => {
  it("past the limit are refused, and what was taken is kept", async () => {
    const { store, outside, stored } = await open({ maxQueuedBytes: 4_000 });
    outside.exec("BEGIN IMMEDIATE");
    const taken = [1, 2].map((i) =>
      store.writeSpans([span({ spanId: `${i}`, payload: new Uint8Array(2_000) })]),
    );
    await expect(store.writeSpans([span({ spanId: "3" })])).rejects.toThrow(StoreBusyError);
    outside.exec("COMMIT");
    await Promise.all(taken);
    expect(stored()).toBe(2);
    await store.writeSpans([span({ spanId: "3" })]);
    expect(stored()).toBe(3);
  });
});
