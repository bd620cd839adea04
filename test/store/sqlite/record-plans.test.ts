import Database from "better-sqlite3";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { MAX_INDEX_TERMS } from "../../../src/model/query/index-terms.ts";
import { RECORD_SORT_FIELDS, type ThreadSearch } from "../../../src/model/threads/thread-record.ts";
import type { WholeRecord } from "../../../src/store/roles/records.ts";
import { allBatches, runToEnd } from "../../../src/store/shared/cooperative-read.ts";
import { recordPages } from "../../../src/store/sqlite/reads/records/record-pages.ts";
import { countRecords } from "../../../src/store/sqlite/reads/records/record-search.ts";
import { openForWriting } from "../../../src/store/sqlite/writes/open-for-writing.ts";
import { createWriteCommands } from "../../../src/store/sqlite/writes/write-commands.ts";
import { NOW } from "../builders.ts";
import { matchingRecords, searchRecords } from "../naive/record-search.ts";
import { change, draft, search, uuid } from "../record-builders.ts";
import { openTemporaryStore, type TemporaryStore } from "../temporary-store.ts";

/** More than are ever looked at one by one. */
const THREADS = 2_500;
const DOCUMENTS = ["metadata", "values", "interrupts"] as const;

let temporary: TemporaryStore;
let all: WholeRecord[];

beforeAll(async () => {
  temporary = await openTemporaryStore();
  const db = openForWriting(temporary.file, "relaxed");
  const { createThread } = createWriteCommands(db);
  db.transaction(() => {
    for (let i = 0; i < THREADS; i += 1) createThread(draftOf(i));
  })();
  db.close();
  const batches = read((reader) => allBatches(recordPages(reader, search({ documents: DOCUMENTS }))));
  all = batches.flatMap(({ threads }) => threads) as WholeRecord[];
  expect(all).toHaveLength(THREADS);
});
afterAll(() => temporary.close());

/** One in fifty is too crowded for the index, one in ten has no UUID, one in seven expires. */
function draftOf(i: number) {
  const crowd = i % 50 === 0 ? Array.from({ length: MAX_INDEX_TERMS }, (_, n) => [`k${n}`, n]) : [];
  const metadata = {
    graph_id: "agent",
    user: { id: `u${i % 700}` },
    half: i % 2,
    tags: [i % 3, i % 4],
    ...Object.fromEntries(crowd),
  };
  const values = { topic: `t${i % 5}`, messages: [{ id: `m${i % 3}` }] };
  const status = (["idle", "busy", "error"] as const)[i % 3]!;
  return draft({
    threadId: i % 10 === 0 ? `thread ${i}` : uuid(i),
    metadata: JSON.stringify(metadata),
    states: i % 4 ? [change({ updates: [JSON.stringify(values)], status })] : [],
    ttl: i % 7 === 0 ? { strategy: "delete", minutes: 1 } : null,
    now: NOW - (i % 100),
  });
}

function read<T>(run: (db: Database.Database) => Iterable<T>, verbose?: (sql: unknown) => void): T[] {
  const db = new Database(temporary.file, { readonly: true, ...(verbose && { verbose }) });
  try {
    return [...run(db)];
  } finally {
    db.close();
  }
}

/** The plan of every statement by which a search or count found its threads; a page's own rows are known then. */
function plansOf(run: (db: Database.Database) => Iterable<unknown>): string[] {
  const statements = new Set<string>();
  read(run, (sql) => statements.add(String(sql)));
  return read((db) =>
    [...statements]
      .filter((sql) => !sql.includes("AS page"))
      .flatMap((sql) => {
        const plan = db.prepare<[], { detail: string }>(`EXPLAIN QUERY PLAN ${sql}`).all();
        return plan.map(({ detail }) => detail);
      }),
  );
}

/** A walk over a whole table or index; not over the threads that were named or found. */
const SCAN = /SCAN (?!found|json_each|\(subquery)/;
const SORT = /TEMP B-TREE/;

describe("a page of records", () => {
  const sorts = RECORD_SORT_FIELDS.flatMap((sortBy) =>
    (["asc", "desc"] as const).map((sortOrder) => ({ sortBy, sortOrder })),
  );

  it.each(sorts)("by $sortBy $sortOrder walks the index of that order", ({ sortBy, sortOrder }) => {
    const pages: Partial<ThreadSearch>[] = [
      { limit: 10 },
      { limit: 10, offset: 1_000 },
      { limit: null },
      { limit: 10, status: "busy" },
      { limit: 10, uuidsOnly: true },
      { limit: 10, metadata: '{"graph_id":"agent"}' },
      { limit: 10, metadata: '{"graph_id":"agent"}', uuidsOnly: true },
      { limit: 10, values: '{"topic":"t1"}', uuidsOnly: true, offset: 5 },
      { limit: 10, after: { values: [sortBy === "status" ? "busy" : NOW], threadId: "thread 5" } },
      { limit: 10, now: NOW + 120_000_000 },
    ];
    const index = `record_by_${sortBy === "thread_id" ? "status" : sortBy}`;
    for (const page of pages) {
      const plans = plansOf((db) => recordPages(db, search({ sortBy, sortOrder, ...page })));
      expect(plans.filter((plan) => SCAN.test(plan) || SORT.test(plan))).toEqual([]);
      expect(plans.some((plan) => plan.includes(`INDEX ${index} (project=? AND listed=? AND status=?`))).toBe(
        true,
      );
    }
  });

  it("without documents reads none", () => {
    const plans = plansOf((db) => recordPages(db, search({ limit: 10 })));
    expect(plans.filter((plan) => /metadata|checkpoint/.test(plan))).toEqual([]);
  });

  it.each([
    { metadata: '{"user":{"id":"u1"}}' },
    { metadata: '{"graph_id":"agent","user":{"id":"u1"}}' },
    { metadata: '{"user":{"id":"u1"}}', uuidsOnly: true },
    { metadata: '{"tags":[2],"user":{"id":"u1"}}', uuidsOnly: true },
    { metadata: '{"user":{"id":"u1"}}', values: '{"topic":"t1"}', uuidsOnly: true, status: "busy" as const },
    { threadIds: ["thread 10", uuid(1)] },
  ])("of %j looks at those threads only", (given) => {
    const plans = plansOf((db) => recordPages(db, search({ limit: 10, sortBy: "updated_at", ...given })));
    expect(plans.filter((plan) => SCAN.test(plan))).toEqual([]);
    expect(plans.filter((plan) => /INDEX record_by/.test(plan))).toEqual([]);
  });

  it.each([
    { metadata: '{"user":{"id":"u1"}}' },
    { metadata: '{"graph_id":"agent"}' },
    { values: '{"topic":"t1"}' },
  ])("of terms that decide, such as %j, reads no documents but its own", (given) => {
    const plans = plansOf((db) => recordPages(db, search({ limit: 10, uuidsOnly: true, ...given })));
    expect(plans.some((plan) => /record_term|found|other/.test(plan))).toBe(true);
    expect(plans.filter((plan) => /metadata|checkpoint/.test(plan))).toEqual([]);
  });

  it("of a common term counts in the index of terms", () => {
    const plans = plansOf((db) => countRecords(db, search({ metadata: '{"graph_id":"agent"}' })));
    expect(plans.filter((plan) => SCAN.test(plan))).toEqual([]);
    expect(
      plans.some((plan) => /first USING PRIMARY KEY \(project=\? AND shelf=\? AND term=\?/.test(plan)),
    ).toBe(true);
  });
});

describe("a search among many records", () => {
  const documents = fc.constantFrom(
    null,
    '{"graph_id":"agent"}',
    '{"half":1}',
    '{"half":1,"graph_id":"agent"}',
    '{"user":{"id":"u6"}}',
    '{"tags":[2]}',
    '{"tags":[2,3]}',
    '{"user":{}}',
    '{"k7":7}',
    '{"none":1}',
  );
  const searches = fc.record({
    metadata: documents,
    values: fc.constantFrom(null, null, '{"topic":"t1"}', '{"messages":[{"id":"m1"}]}', "{}"),
    status: fc.constantFrom(null, null, "busy" as const),
    uuidsOnly: fc.boolean(),
    withTotal: fc.boolean(),
    sortBy: fc.constantFrom(...RECORD_SORT_FIELDS),
    sortOrder: fc.constantFrom("asc" as const, "desc" as const),
    limit: fc.constantFrom(0, 10, 100, null),
    offset: fc.constantFrom(0, 0, 7, 900),
    now: fc.constantFrom(NOW, NOW + 120_000_000),
  });

  it("finds what looking at all of them finds", () => {
    fc.assert(
      fc.property(searches, (given) => {
        const query = search(given);
        const there = all.filter(({ ttl }) => ttl === null || ttl.expiresAt > query.now);
        const batches = read((db) => allBatches(recordPages(db, query)));
        expect(batches.flatMap(({ threads }) => threads)).toEqual(searchRecords(there, query).threads);
        const { total, hasMore } = searchRecords(there, query);
        expect(batches[0]).toMatchObject({ total, hasMore });
        expect(read((db) => [runToEnd(countRecords(db, query))])).toEqual([
          matchingRecords(there, query).length,
        ]);
      }),
      { numRuns: 60 },
    );
  }, 60_000);
});
