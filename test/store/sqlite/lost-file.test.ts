import { copyFileSync, readdirSync, renameSync, statSync, unlinkSync } from "node:fs";
import { dirname } from "node:path";
import Database from "better-sqlite3";
import { describe, expect, it, onTestFinished } from "vitest";
import { StoreUnavailableError } from "../../../src/store/errors.ts";
import type { SqliteStore } from "../../../src/store/sqlite/engine/engine.ts";
import { PROJECT, span, threadQuery } from "../builders.ts";
import { readThreads } from "../reading.ts";
import { openTemporaryStore } from "./open-store.ts";

/** A store with one thread. */
async function open() {
  const temporary = await openTemporaryStore();
  onTestFinished(() => temporary.close());
  await temporary.store.writeSpans([span({ thread: "kept" })]);
  return temporary;
}

/** Resolves when the store says that it is in trouble, or that it no longer is. */
function untilTrouble(store: SqliteStore, isExpected: boolean): Promise<void> {
  return new Promise((resolve) => {
    const unwatch = store.watchHealth((trouble) => {
      if ((trouble !== null) === isExpected) resolve();
    });
    onTestFinished(unwatch);
  });
}

async function threadsOf(store: SqliteStore): Promise<string[]> {
  return (await readThreads(store, threadQuery())).map(({ threadId }) => threadId).sort();
}

/** The threads of a database file, read by itself. */
function threadsIn(file: string): unknown[] {
  const db = new Database(file);
  const threads = db.prepare("SELECT thread_id FROM thread ORDER BY 1").pluck().all();
  expect(db.pragma("integrity_check", { simple: true })).toBe("ok");
  db.close();
  return threads;
}

const late = span({ traceId: "late", thread: "late" });

describe("a database that is moved away", () => {
  it("gets no acknowledgement for the first write after", async () => {
    const { store, file, close } = await openTemporaryStore();
    onTestFinished(close);
    renameSync(file, `${file}.away`);
    await expect(store.writeSpans([late])).rejects.toThrow(/moved while Skein had it open/);
  });

  it("takes no writes and still answers, until it is back", async () => {
    const { store, file } = await open();
    expect(await threadsOf(store)).toEqual(["kept"]);
    renameSync(file, `${file}.away`);
    await untilTrouble(store, true);
    await expect(store.writeSpans([late])).rejects.toThrow(StoreUnavailableError);
    await expect(store.createKey({} as never)).rejects.toThrow(/moved while Skein had it open/);
    expect(await threadsOf(store)).toEqual(["kept"]);
    renameSync(`${file}.away`, file);
    await untilTrouble(store, false);
    await store.writeSpans([late]);
    expect(await threadsOf(store)).toEqual(["kept", "late"]);
  });

  it("has all that was acknowledged, by itself", async () => {
    const { store, file } = await open();
    renameSync(file, `${file}.away`);
    await untilTrouble(store, true);
    await store.close();
    expect(threadsIn(`${file}.away`)).toEqual(["kept"]);
  });

  it("is refused to reads that would have to open it, and so is what took its place", async () => {
    const { store, file } = await open();
    renameSync(file, `${file}.away`);
    const read = () => Array.fromAsync(store.exportProject(PROJECT));
    await expect(read()).rejects.toThrow(StoreUnavailableError);
    copyFileSync(`${file}.away`, file);
    await expect(read()).rejects.toThrow(StoreUnavailableError);
    renameSync(`${file}.away`, file);
    expect(await read()).not.toEqual([]);
  });
});

it("a database that took the place of another is not mixed with that one's log", async () => {
  const { store, file } = await open();
  const other = await openTemporaryStore();
  onTestFinished(() => other.close());
  await other.store.writeSpans([span({ thread: "other" })]);
  await other.store.close();

  renameSync(other.file, file);
  await untilTrouble(store, true);
  await expect.poll(() => statSync(`${file}-wal`).size).toBe(0);
  await store.close();
  expect(threadsIn(file)).toEqual(["other"]);
});

it.each(["-wal", "-shm"])("a database that lost its %s has all that was acknowledged", async (suffix) => {
  const { store, file, reopen } = await open();
  unlinkSync(file + suffix);
  await untilTrouble(store, true);
  await expect(store.writeSpans([late])).rejects.toThrow(StoreUnavailableError);
  const reopened = await reopen();
  expect(await threadsOf(reopened)).toEqual(["kept"]);
  await reopened.writeSpans([late]);
  expect(await threadsOf(reopened)).toEqual(["kept", "late"]);
});

it("leaves no file behind that was not there", async () => {
  const { store, file } = await open();
  await store.close();
  expect(readdirSync(dirname(file))).toEqual(["skein.db"]);
});
