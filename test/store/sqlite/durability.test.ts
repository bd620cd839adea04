import Database from "better-sqlite3";
import { describe, expect, it, onTestFinished } from "vitest";
import { StoreBusyError } from "../../../src/store/errors.ts";
import type { SqliteOptions, SqliteStore } from "../../../src/store/sqlite/engine/engine.ts";
import { span, threadQuery } from "../builders.ts";
import { readThreads } from "../reading.ts";
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

/** Whether a promise settles while a reader thread answers again and again. */
async function settlesWhileReading(promise: Promise<unknown>, store: SqliteStore): Promise<boolean> {
  let hasSettled = false;
  promise.finally(() => {
    hasSettled = true;
  });
  for (let reads = 0; reads < 20; reads++) await readThreads(store, threadQuery());
  return hasSettled;
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
    expect(await settlesWhileReading(write, store)).toBe(false);
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
