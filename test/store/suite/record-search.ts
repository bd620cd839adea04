import { expect } from "vitest";
import { RECORD_SORT_FIELDS, type ThreadSearch } from "../../../src/model/threads/thread-record.ts";
import type { Store } from "../../../src/store/store.ts";
import { NOW, span } from "../builders.ts";
import { readRecordIds, readRecords } from "../reading.ts";
import { change, draft, filter, patch, search, state, uuid } from "../record-builders.ts";
import type { DefineTest } from "./describe-store.ts";

/** Which threads a search finds, in what order, and what it returns of them. */
export function recordSearchTests(test: DefineTest): void {
  test("ties are broken by thread id, in the direction of the order", async ({ store }) => {
    for (const threadId of ["b", "\u{1F600}", "a", "\uFF5E"]) await store.createThread(draft({ threadId }));
    const ascending = ["a", "b", "\uFF5E", "\u{1F600}"];
    for (const sortBy of RECORD_SORT_FIELDS) {
      expect(await readRecordIds(store, search({ sortBy }))).toEqual(ascending);
      expect(await readRecordIds(store, search({ sortBy, sortOrder: "desc" }))).toEqual(
        ascending.toReversed(),
      );
    }
  });

  test("each order is that of its field; statuses go by their names", async ({ store }) => {
    const statuses = ["idle", "error", "interrupted", "busy"] as const;
    for (const [i, status] of statuses.entries()) {
      await store.createThread(draft({ threadId: status, now: NOW + i }));
      await store.patchThread(patch({ threadId: status, status, now: NOW + 20 - i }));
    }
    await store.setState(state([], { threadId: "error", now: NOW + 10 }));
    const order = (sortBy: ThreadSearch["sortBy"]) => readRecordIds(store, search({ sortBy }));
    expect(await order("status")).toEqual(["busy", "error", "idle", "interrupted"]);
    expect(await order("created_at")).toEqual(["idle", "error", "interrupted", "busy"]);
    expect(await order("updated_at")).toEqual(["busy", "interrupted", "error", "idle"]);
    expect(await order("state_updated_at")).toEqual(["idle", "interrupted", "busy", "error"]);
  });

  test("metadata are found by containment", async ({ store }) => {
    const documents = {
      flat: '{"a":1,"b":"x"}',
      deep: '{"a":{"b":{"c":[1,{"d":"e"}]}}}',
      list: '{"a":[3,1,2]}',
      null: '{"a":null}',
      odd: '{"a.b[0]":{"":"\'"},"__proto__":true}',
      big: '{"a":9007199254740993}',
      none: "{}",
    };
    for (const [threadId, metadata] of Object.entries(documents))
      await store.createThread(draft({ threadId, metadata }));
    const cases: [string, string[]][] = [
      ["{}", Object.keys(documents).toSorted()],
      ['{"a":1}', ["flat"]],
      ['{"a":1.00}', ["flat"]],
      ['{"a":"1"}', []],
      ['{"a":true}', []],
      ['{"a":1,"b":"y"}', []],
      ['{"a":{"b":{"c":[{"d":"e"}]}}}', ["deep"]],
      ['{"a":{}}', ["deep"]],
      ['{"a":[2,1,1]}', ["list"]],
      ['{"a":[]}', ["list"]],
      ['{"a":null}', ["null"]],
      ['{"a.b[0]":{"":"\'"}}', ["odd"]],
      ['{"__proto__":true}', ["odd"]],
      ['{"a":9007199254740992}', []],
      ['{"a":9007199254740993}', ["big"]],
    ];
    for (const [metadata, expected] of cases) {
      expect(await readRecordIds(store, search({ metadata })), metadata).toEqual(expected);
      expect(await store.countThreads(filter({ metadata })), metadata).toBe(expected.length);
    }
  });

  test("values are those of the latest state; a thread without a state has none", async ({ store }) => {
    for (const threadId of ["none", "old", "new"])
      await store.createThread(draft({ threadId, metadata: '{"a":1}' }));
    for (const threadId of ["old", "new"]) await store.setState(state(['{"a":1}'], { threadId }));
    await store.setState(state(['{"a":2,"messages":[{"id":"m"}]}'], { threadId: "new" }));
    const find = (values: string) => readRecordIds(store, search({ values }));
    expect(await find('{"a":1}')).toEqual(["old"]);
    expect(await find('{"a":2}')).toEqual(["new"]);
    expect(await find('{"messages":[{"id":"m"}]}')).toEqual(["new"]);
    expect(await find("{}")).toEqual(["new", "old"]);
    expect(await readRecordIds(store, search({ values: '{"a":2}', metadata: '{"a":1}' }))).toEqual(["new"]);
  });

  test("ids, status, and whether ids are UUIDs, narrow a search down", async ({ store }) => {
    const upper = "AAAAAAAA-0000-7000-8000-000000000000";
    await store.writeSpans([span({ thread: "traced" }), span({ traceId: "2", thread: uuid(9) })]);
    for (const threadId of [uuid(1), upper, "plain"]) await store.createThread(draft({ threadId }));
    await store.patchThread(patch({ threadId: uuid(1), status: "busy" }));
    const find = (given: Partial<ThreadSearch>) => readRecordIds(store, search(given));
    expect(await find({})).toEqual([uuid(1), uuid(9), upper, "plain", "traced"]);
    expect(await find({ uuidsOnly: true })).toEqual([uuid(1), uuid(9)]);
    expect(await find({ status: "busy" })).toEqual([uuid(1)]);
    expect(await find({ uuidsOnly: true, status: "idle" })).toEqual([uuid(9)]);
    expect(await find({ threadIds: ["traced", uuid(1), "none", "traced"] })).toEqual([uuid(1), "traced"]);
    expect(await find({ threadIds: [uuid(1)], status: "idle" })).toEqual([]);
    expect(await find({ threadIds: [] })).toEqual([]);
  });

  test("only the documents asked for come back; paths are looked up whatever they are", async ({ store }) => {
    const states = [
      change({ updates: ['{"messages":[{"id":"1","content":"hi"}]}'], interrupts: '{"x":[]}' }),
    ];
    await store.createThread(draft({ metadata: '{"n":9007199254740993}', states }));
    await store.createThread(draft({ threadId: "without" }));
    const read = async (given: Partial<ThreadSearch>) => (await readRecords(store, search(given))).threads;
    const [bare] = await read({});
    expect(Object.keys(bare!).toSorted()).toEqual(
      ["createdAt", "stateUpdatedAt", "status", "threadId", "ttl", "updatedAt"].toSorted(),
    );
    expect(await read({ documents: ["metadata", "values", "interrupts"] })).toMatchObject([
      {
        metadata: '{"n":9007199254740993}',
        values: '{"messages":[{"id":"1","content":"hi"}]}',
        interrupts: '{"x":[]}',
      },
      { metadata: "{}", values: null, interrupts: "{}" },
    ]);
    const extract: ThreadSearch["extract"] = [
      { document: "metadata", steps: ["n"] },
      { document: "values", steps: ["messages", -1, "content"] },
      { document: "values", steps: [] },
      { document: "config", steps: [] },
    ];
    const extracted = await read({ extract });
    expect(extracted.map((thread) => thread.extracted)).toEqual([
      ["9007199254740993", '"hi"', '{"messages":[{"id":"1","content":"hi"}]}', "{}"],
      ["null", "null", "null", "{}"],
    ]);
    expect(extracted.every((thread) => thread.metadata === undefined && thread.values === undefined)).toBe(
      true,
    );
  });

  test("a total is of all matches, and says nothing unless asked; more is said of the page", async ({
    store,
  }) => {
    for (const i of [1, 2, 3]) await store.createThread(draft({ threadId: `${i}`, metadata: '{"a":1}' }));
    const page = { limit: 2, metadata: '{"a":1}' };
    expect(await readRecords(store, search(page))).toMatchObject({ total: 3, hasMore: true });
    expect(await readRecords(store, search({ ...page, offset: 1 }))).toMatchObject({
      total: 3,
      hasMore: false,
    });
    expect(await readRecords(store, search({ offset: 9 }))).toEqual({
      threads: [],
      total: 3,
      hasMore: false,
    });
    expect((await readRecords(store, search({ withTotal: false }))).total).toBeNull();
  });

  test("a project that is not there has no threads", async ({ store }) => {
    await store.createThread(draft());
    expect(await readRecords(store, search({ projectId: "none" }))).toEqual({
      threads: [],
      total: 0,
      hasMore: false,
    });
    expect(await store.countThreads(filter({ projectId: "none" }))).toBe(0);
  });

  test("many threads of big documents come in batches of bounded size", async ({ store }) => {
    const ids = Array.from({ length: 12 }, (_, i) => uuid(i));
    const metadata = JSON.stringify({ text: "x".repeat(100_000) });
    await createAll(store, ids, metadata);
    const batches = await Array.fromAsync(store.searchThreads(search({ documents: ["metadata"] })));
    expect(batches.flatMap(({ threads }) => threads).map(({ threadId }) => threadId)).toEqual(ids);
  });

  test("a search that is left early, or aborted, leaves a working store", async ({ store }) => {
    const metadata = JSON.stringify({ text: "x".repeat(100_000) });
    await createAll(
      store,
      Array.from({ length: 12 }, (_, i) => uuid(i)),
      metadata,
    );
    const query = search({ documents: ["metadata"] });
    for await (const _batch of store.searchThreads(query)) break;
    const abort = new AbortController();
    abort.abort(new Error("enough"));
    const aborted = Array.fromAsync(store.searchThreads(query, { signal: abort.signal }));
    await expect(aborted).rejects.toThrow("enough");
    await expect(store.countThreads(query, { signal: abort.signal })).rejects.toThrow("enough");
    expect(await readRecordIds(store, query)).toHaveLength(12);
  });
}

async function createAll(store: Store, ids: string[], metadata: string): Promise<void> {
  for (const threadId of ids) await store.createThread(draft({ threadId, metadata }));
}
