import { afterAll, beforeAll, expect, it } from "vitest";
import { THREAD_SORT_FIELDS, type ThreadQuery } from "../../../src/model/threads/thread.ts";
import { RECORD_SORT_FIELDS } from "../../../src/model/threads/thread-record.ts";
import { openForWriting } from "../../../src/store/sqlite/writes/open-for-writing.ts";
import { createWriteCommands } from "../../../src/store/sqlite/writes/write-commands.ts";
import { NOW, span, spansQuery, threadQuery } from "../builders.ts";
import { readConversations, readRecordIds, readThreads } from "../reading.ts";
import { draft, filter, search } from "../record-builders.ts";
import { openTemporaryStore, type TemporaryStore } from "../temporary-store.ts";

const THREADS = 1_500;
const MINUTE = 60_000_000;

let temporary: TemporaryStore;

/** All but every tenth thread expire: one minute after NOW those of the first hundred, two minutes after all. */
beforeAll(async () => {
  temporary = await openTemporaryStore();
  const db = openForWriting(temporary.file, "relaxed");
  const { createThread, writeSpans } = createWriteCommands(db);
  const spans = Array.from({ length: THREADS }, (_, i) =>
    span({ traceId: `trace ${i}`, thread: threadId(i), startedAt: i, ...(i % 4 === 0 && { endedAt: null }) }),
  );
  db.transaction(() => {
    writeSpans({ spans, now: NOW });
    for (let i = 0; i < THREADS; i += 1) {
      const minutes = i < 100 ? 1 : 2;
      createThread(
        draft({ threadId: threadId(i), ttl: i % 10 === 0 ? null : { strategy: "delete", minutes } }),
      );
    }
  })();
  db.close();
});
afterAll(() => temporary.close());

function threadId(i: number): string {
  return `thread ${i}`;
}

function idsAt(now: number): Set<string> {
  const there = Array.from({ length: THREADS }, (_, i) => i).filter(
    (i) => i % 10 === 0 || now < NOW + (i < 100 ? 1 : 2) * MINUTE,
  );
  return new Set(there.map(threadId));
}

it.each([
  { hidden: "no", now: NOW },
  { hidden: "few", now: NOW + MINUTE },
  { hidden: "many", now: NOW + 2 * MINUTE },
])("with $hidden threads to hide every order has exactly the others", async ({ now }) => {
  const { store } = temporary;
  const there = idsAt(now);
  const all = await readThreads(store, threadQuery({ now: NOW }));
  for (const field of THREAD_SORT_FIELDS) {
    for (const direction of ["asc", "desc"] as const) {
      const sort = [{ field, direction }];
      const ids = async (given: Partial<ThreadQuery>) =>
        (await readThreads(store, threadQuery({ sort, ...given }))).map((row) => row.threadId);
      const expected = (await ids({ now: NOW })).filter((id) => there.has(id));
      expect(all).toHaveLength(THREADS);
      expect(await ids({ now })).toEqual(expected);
      expect(await ids({ now, limit: 20, offset: 30 })).toEqual(expected.slice(30, 50));
      expect(await ids({ now, threadIds: [threadId(1), threadId(200), threadId(201)] })).toEqual(
        expected.filter((id) => [1, 200, 201].map(threadId).includes(id)),
      );
    }
  }
  for (const sortBy of RECORD_SORT_FIELDS) {
    const expected = (await readRecordIds(store, search({ sortBy, now: NOW }))).filter((id) => there.has(id));
    expect(await readRecordIds(store, search({ sortBy, now }))).toEqual(expected);
    expect(await readRecordIds(store, search({ sortBy, now, limit: 20, offset: 30 }))).toEqual(
      expected.slice(30, 50),
    );
  }
  expect(await store.countThreads(filter({ now }))).toBe(there.size);
  const asked = [1, 200, 201].map(threadId);
  const conversations = await readConversations(store, spansQuery(asked, { now }));
  expect(conversations.map(({ spans }) => spans.length)).toEqual(asked.map((id) => Number(there.has(id))));
});
