import Database from "better-sqlite3";
import { parseJsonObject } from "../src/model/json/parse.ts";
import { filterTerms } from "../src/model/query/index-terms.ts";
import {
  RECORD_SORT_FIELDS,
  type ThreadRecord,
  type ThreadSearch,
} from "../src/model/threads/thread-record.ts";
import type { Store } from "../src/store/store.ts";
import { BENCH_PROJECT } from "./data.ts";
import { measure, type Row, timingRow } from "./measure.ts";
import { recordId } from "./records.ts";

/** Threads of a page. */
const PAGE = 20;

/** How often a case is timed; one that looks at every thread, less often. */
const ROUNDS = 200;
const SLOW_ROUNDS = 5;

/** A search, and how much of the store it has to look at. */
interface Case {
  what: string;
  search: Partial<ThreadSearch>;
  /** Where documents are looked for by their terms: in which, and by the rarest of them. */
  rarest?: { shelf: Shelf; filter: object };
  isSlow?: boolean;
}

/** A search's line: its matches in all, and the rows touched to find them where that can be told. */
export interface SearchRow extends Row {
  total: number;
  touched: number | "";
}

/** Where the terms of metadata and values stand, for threads whose id is a UUID. */
type Shelf = 1 | 3;

/** Each kind of search with its true total, beside the rows of its page by a bare statement that knows them. */
export async function benchSearches(store: Store, file: string, threads: number): Promise<SearchRow[]> {
  const db = new Database(file, { readonly: true });
  const rowOf = db
    .prepare<[string], number>("SELECT id FROM thread WHERE thread_id = ? AND project = 1")
    .pluck();
  const bare = db.prepare(
    `SELECT thread_id, created_at, updated_at, state_updated_at, status, thread_metadata.json, state, interrupts
     FROM json_each(?) AS page CROSS JOIN thread ON thread.id = page.value
       JOIN thread_metadata ON thread_metadata.thread = thread.id JOIN checkpoint_body ON checkpoint = head`,
  );
  const countTerm = db
    .prepare<[number, number], number>(
      "SELECT count(*) FROM record_term WHERE project = 1 AND shelf = ? AND term = ?",
    )
    .pluck();
  const withTerm = (shelf: Shelf, filter: object) => {
    const terms = filterTerms(parseJsonObject(JSON.stringify(filter), ["filter"]));
    return Math.min(...terms.map((term) => countTerm.get(shelf, term)!));
  };

  const rows: SearchRow[] = [];
  for (const { what, search, rarest, isSlow } of cases(threads)) {
    const query = threadSearch(search);
    const { found, total } = await run(store, query);
    const page = JSON.stringify(found.map(({ threadId }) => rowOf.get(threadId)));
    const rounds = isSlow ? SLOW_ROUNDS : ROUNDS;
    const floor = await measure(rounds, () => bare.all(page));
    const measured = await measure(rounds, () => run(store, query));
    const touched = isSlow ? "" : rarest ? withTerm(rarest.shelf, rarest.filter) : found.length + 1;
    rows.push({ ...timingRow(what, measured, floor), total, touched });
  }
  for (const { what, metadata } of counts()) {
    const filter = { ...threadSearch({}), metadata: JSON.stringify(metadata) };
    const total = await store.countThreads(filter);
    const floor = await measure(ROUNDS, () => withTerm(1, metadata));
    const measured = await measure(ROUNDS, () => store.countThreads(filter));
    rows.push({ ...timingRow(`count: ${what}`, measured, floor), total, touched: withTerm(1, metadata) });
  }
  db.close();
  return rows;
}

function cases(threads: number): Case[] {
  const user = { user_id: "user-7" };
  const city = { customer: { address: { city: "city-7" } } };
  const tags = { tags: ["tag-7"] };
  const topic = { topic: "topic-7" };
  const graph = { graph_id: "agent" };
  const filtered = (what: string, metadata: object): Case => ({
    what,
    search: { metadata: JSON.stringify(metadata) },
    rarest: { shelf: 1, filter: metadata },
  });
  const pages = RECORD_SORT_FIELDS.flatMap((sortBy) =>
    (["desc", "asc"] as const).map((sortOrder): Case => {
      return { what: `a page by ${sortBy} ${sortOrder}`, search: { sortBy, sortOrder } };
    }),
  );
  // Their numbers are no multiples of a hundred, as those of large threads are.
  const step = Math.max(1, Math.floor(threads / 100));
  const ids = Array.from({ length: Math.min(100, threads) }, (_, i) => recordId((i * step + i) % threads));
  const said = { messages: [{ content: "Where is my order 77?" }] };
  return [
    filtered("metadata of a user", user),
    filtered("nested metadata", city),
    filtered("metadata: an element of an array", tags),
    {
      what: "values, indexed",
      search: { values: JSON.stringify(topic) },
      rarest: { shelf: 3, filter: topic },
    },
    ...pages,
    { what: "a page without documents", search: { documents: [] } },
    { what: "ids × 100", search: { threadIds: ids, limit: 100 } },
    {
      what: "metadata of a third of all, by updated_at",
      search: { metadata: JSON.stringify(graph), sortBy: "updated_at" },
      rarest: { shelf: 1, filter: graph },
    },
    { what: "values, not indexed", search: { values: JSON.stringify(said) }, isSlow: true },
  ];
}

function counts() {
  return [
    { what: "metadata of a user", metadata: { user_id: "user-7" } },
    { what: "metadata of a third of all", metadata: { graph_id: "agent" } },
  ];
}

function threadSearch(given: Partial<ThreadSearch>): ThreadSearch {
  return {
    projectId: BENCH_PROJECT,
    now: Date.now() * 1000,
    threadIds: null,
    metadata: null,
    values: null,
    status: null,
    uuidsOnly: true,
    sortBy: "created_at",
    sortOrder: "desc",
    limit: PAGE,
    offset: 0,
    after: null,
    documents: ["metadata", "values", "interrupts"],
    extract: [],
    withTotal: true,
    ...given,
  };
}

async function run(store: Store, search: ThreadSearch): Promise<{ found: ThreadRecord[]; total: number }> {
  const found: ThreadRecord[] = [];
  let total = 0;
  for await (const batch of store.searchThreads(search)) {
    found.push(...batch.threads);
    total = batch.total!;
  }
  return { found, total };
}
