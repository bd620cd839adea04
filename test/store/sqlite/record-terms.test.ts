import { afterEach, beforeEach, expect, it } from "vitest";
import { parseJsonObject } from "../../../src/model/json/parse.ts";
import { filterTerms } from "../../../src/model/query/index-terms.ts";
import { openForWriting } from "../../../src/store/sqlite/writes/open-for-writing.ts";
import { draft, search, uuid } from "../record-builders.ts";
import { openTemporaryStore, type TemporaryStore } from "../temporary-store.ts";

let temporary: TemporaryStore;

beforeEach(async () => {
  temporary = await openTemporaryStore();
});
afterEach(() => temporary.close());

it("a thread that shares a term by accident is not listed", async () => {
  const { store, file } = temporary;
  const metadata = '{"owner":"ann"}';
  await store.createThread(draft({ threadId: uuid(1), metadata }));
  await store.createThread(draft({ threadId: uuid(2), metadata: '{"owner":"ben"}' }));
  const [term] = filterTerms(parseJsonObject(metadata, []));
  const db = openForWriting(file, "relaxed");
  const { changes } = db
    .prepare(
      `INSERT INTO record_term (project, shelf, term, thread)
       SELECT project, shelf, ?, (SELECT id FROM thread WHERE thread_id = ?) FROM record_term WHERE term = ?`,
    )
    .run(term, uuid(2), term);
  expect(changes).toBe(1);
  db.close();
  for (const limit of [10, 300]) {
    const found = await Array.fromAsync(store.searchThreads(search({ metadata, limit, uuidsOnly: true })));
    expect(found.flatMap(({ threads }) => threads.map(({ threadId }) => threadId))).toEqual([uuid(1)]);
  }
});
