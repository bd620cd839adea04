import { afterAll, beforeAll, expect, it } from "vitest";
import type { ThreadSearch } from "../../../src/model/threads/thread-record.ts";
import { YIELD } from "../../../src/store/shared/cooperative-read.ts";
import { openForReading } from "../../../src/store/sqlite/connection/database.ts";
import { recordPages } from "../../../src/store/sqlite/reads/records/record-pages.ts";
import { openForWriting } from "../../../src/store/sqlite/writes/open-for-writing.ts";
import { createWriteCommands } from "../../../src/store/sqlite/writes/write-commands.ts";
import { change, draft, search, uuid } from "../record-builders.ts";
import { openTemporaryStore, type TemporaryStore } from "../temporary-store.ts";

/** Enough for many batches. */
const THREADS = 3_000;

/** What no index knows, so that all threads are looked at. */
const UNINDEXED: ThreadSearch = search({ values: '{"messages":[{"id":"nobody\'s"}]}', limit: 10 });

let temporary: TemporaryStore;

beforeAll(async () => {
  temporary = await openTemporaryStore();
  const db = openForWriting(temporary.file, "relaxed");
  const { createThread } = createWriteCommands(db);
  const states = [change({ updates: ['{"messages":[{"id":"m1"}]}'] })];
  db.transaction(() => {
    for (let i = 0; i < THREADS; i += 1) createThread(draft({ threadId: uuid(i), states }));
  })();
  db.close();
});
afterAll(() => temporary.close());

it("a search that looks at every thread pauses after each batch", () => {
  const db = openForReading(temporary.file, 1024);
  const steps = recordPages(db, UNINDEXED);
  let pauses = 0;
  let step = steps.next();
  for (; !step.done; step = steps.next()) {
    expect(step.value).toBe(YIELD);
    pauses += 1;
  }
  expect(step.value).toMatchObject({ threads: [], total: 0 });
  expect(pauses).toBeGreaterThanOrEqual(THREADS / 100);
  db.close();
});

it("long searches do not keep others of their thread waiting", async () => {
  const { store } = temporary;
  const ended: string[] = [];
  const run = async (name: string, query: ThreadSearch) => {
    await Array.fromAsync(store.searchThreads(query));
    ended.push(name);
  };
  // Each goes to the thread with the least to do: the short one to that of every other long one.
  const long = Array.from({ length: 6 }, (_, i) =>
    run(i % 2 === 0 ? "same thread" : "other thread", UNINDEXED),
  );
  await run("short", search({ limit: 300 }));
  expect(ended.filter((name) => name !== "other thread")).toEqual(["short"]);
  await Promise.all(long);
});

it("a search or count that nobody waits for ends before it has found anything", async () => {
  const { store } = temporary;
  const abort = new AbortController();
  const { signal } = abort;
  const reason = new Error("gone");
  const ended: string[] = [];
  const follow = (name: string, read: Promise<unknown>) =>
    read.then(
      () => ended.push(name),
      (error: unknown) => {
        expect(error).toBe(reason);
        ended.push(`${name} aborted`);
      },
    );
  // Each goes to the thread with the least to do, so that those that are left wait behind their like.
  const others = [
    follow("other search", Array.fromAsync(store.searchThreads(UNINDEXED))),
    follow("other count", store.countThreads(UNINDEXED)),
  ];
  const left = [
    follow("search", Array.fromAsync(store.searchThreads(UNINDEXED, { signal }))),
    follow("count", store.countThreads(UNINDEXED, { signal })),
  ];
  abort.abort(reason);
  await Promise.all([...others, ...left]);
  expect(ended.filter((name) => name.includes("search"))).toEqual(["search aborted", "other search"]);
  expect(ended.filter((name) => name.includes("count"))).toEqual(["count aborted", "other count"]);
});
