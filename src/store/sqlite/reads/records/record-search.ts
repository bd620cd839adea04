import { CROWDED_TERM } from "../../../../model/query/index-terms.ts";
import type { ThreadFilter, ThreadSearch } from "../../../../model/threads/thread-record.ts";
import type { YIELD } from "../../../shared/cooperative-read.ts";
import { type Database, findProject, prepared } from "../../connection/database.ts";
import type { Sql } from "../../connection/sql.ts";
import { allRows, namedRows, type RowScope, rowScope } from "../../tables/record-scope.ts";
import { candidateThreads, countCandidates, type Term } from "../../tables/record-terms.ts";
import { countMatches, type MatchScope, type RecordCount, recordCounts, recordsIn } from "./record-count.ts";
import { type DocumentFilter, documentFilter } from "./record-filter.ts";
import { candidateStatement, sortStatement, walkStatement } from "./record-order.ts";

/** The fewest candidates that are sorted, rather than walking an order in search of them. */
const FEW_CANDIDATES = 200;

/** The most candidates whose documents are read at once while a page is filled. */
const LOOK_ROWS = 100;

/** The rows of a page, in order. */
export interface RecordPage {
  rows: number[];
  total: number | null;
  hasMore: boolean;
  /** What the documents of the rows are still to be checked by; those that fail share a hash value by accident. */
  toCheck: DocumentFilter | null;
}

type PageRows = Pick<RecordPage, "rows" | "hasMore">;

/**
 * Finds the page that a search asks for.
 *
 * Without a filter on documents it walks the order's index: a page costs its rows and the offset, its total a look at
 * the counters. With one it looks into the threads that may match, in order, until the page is full: those that have
 * the rarest term, sorted, or, if even that is common, those that the walk comes by. Where terms decide, the documents of
 * the page alone are read, and the total comes from the index of terms. Where they do not, every thread that may match
 * is looked at, and of named ones each.
 */
export function* findPage(
  db: Database,
  search: ThreadSearch,
  asked: MatchScope | null = prepareSearch(db, search),
): Generator<typeof YIELD, RecordPage> {
  if (asked === null) return { rows: [], total: search.withTotal ? 0 : null, hasMore: false, toCheck: null };
  const matches = yield* allMatches(db, asked, search.threadIds, search.withTotal);
  const total = search.withTotal ? (matches?.length ?? (yield* countMatches(db, asked))) : null;
  if (matches) return { ...sortedPage(db, search, matches), total, toCheck: null };
  const first = yield* firstPage(db, asked, search);
  return { ...first, total, toCheck: asked.isSure ? asked.filter : null };
}

/** How many threads match a filter; costs what the total of a search does. */
export function* countRecords(
  db: Database,
  filter: ThreadFilter,
  asked: MatchScope | null = prepareSearch(db, filter),
): Generator<typeof YIELD, number> {
  if (asked === null) return 0;
  const matches = yield* allMatches(db, asked, filter.threadIds, true);
  return matches?.length ?? (yield* countMatches(db, asked));
}

/**
 * Everything but the page; null if the project is not there.
 *
 * @param filter the search's `documentFilter`
 * @param most how many threads that may match are counted at most; all that the page may want, unless given
 */
export function prepareSearch(
  db: Database,
  search: ThreadFilter | ThreadSearch,
  filter = documentFilter(db, search),
  most = Number.POSITIVE_INFINITY,
): MatchScope | null {
  const project = findProject(db, search.projectId);
  if (project === null) return null;
  const scope = rowScope(db, project, search);
  const counts = recordCounts(db, scope);
  const found = { scope, counts, filter, terms: [], mayMatch: 0, isSure: false };
  if (filter === null || search.threadIds !== null) return found;
  const few = "limit" in search ? fewCandidates(search, counts) : FEW_CANDIDATES;
  const { terms, count } = rarestFirst(db, scope, filter, Math.min(few, most));
  return { ...found, terms, mayMatch: count, isSure: filter.termsDecide && !hasCrowded(db, scope, filter) };
}

/** Up to how many candidates are sorted: walking costs about wanted × records ÷ matches, sorting as many as there are. */
function fewCandidates(search: ThreadSearch, counts: RecordCount[]): number {
  const records = recordsIn(counts);
  return Math.max(FEW_CANDIDATES, Math.ceil(Math.sqrt(Math.min(wantedRows(search), records) * records)));
}

/** How many matches have to be found for a page, and to know whether there are more. */
function wantedRows({ limit, offset }: ThreadSearch): number {
  return limit === null ? Number.POSITIVE_INFINITY : offset + limit + 1;
}

/** Whether any document in a scope that a filter looks into has too many terms for the index. */
function hasCrowded(db: Database, scope: RowScope, { documents }: DocumentFilter): boolean {
  return documents.some((document) => countCandidates(db, scope, { document, term: CROWDED_TERM }, 1) > 0);
}

/** All matches, where each thread that may match has to be looked at; else null. */
function* allMatches(
  db: Database,
  { scope, filter }: MatchScope,
  threadIds: string[] | null,
  mustCount: boolean,
): Generator<typeof YIELD, number[] | null> {
  if (threadIds !== null) {
    const named = namedRows(db, scope, threadIds);
    return filter ? yield* filter.matching(named) : named;
  }
  if (filter === null || filter.termsDecide || !mustCount) return null;
  if (filter.terms.length === 0) return yield* filter.matching(allRows(db, scope));
  const { terms } = rarestFirst(db, scope, filter, Number.MAX_SAFE_INTEGER);
  const { sql, values } = candidateThreads(scope, terms);
  const may = prepared<number>(db, `SELECT thread.id ${sql}`).pluck();
  return yield* filter.matching(may.all(...values) as number[]);
}

/** A filter's terms, the rarest first, and how many documents may match that one, counted no further than `most`. */
function rarestFirst(
  db: Database,
  scope: RowScope,
  filter: DocumentFilter,
  most: number,
): { terms: Term[]; count: number } {
  const ranked = filter.terms
    .map((term) => ({ term, count: countCandidates(db, scope, term, most) }))
    .toSorted((a, b) => a.count - b.count);
  return { terms: ranked.map(({ term }) => term), count: ranked[0]?.count ?? most };
}

function sortedPage(db: Database, search: ThreadSearch, matches: number[]): PageRows {
  const { limit, offset } = search;
  return cut(rowsOf(db, sortStatement(search, matches)).all(limit === null ? -1 : limit + 1, offset), limit);
}

/** Goes through threads in the order of the search until the page is full. */
function* firstPage(
  db: Database,
  asked: MatchScope,
  search: ThreadSearch,
): Generator<typeof YIELD, PageRows> {
  const { scope, counts, filter, terms, mayMatch, isSure } = asked;
  if (counts.length === 0) return { rows: [], hasMore: false };
  const { limit, offset } = search;
  const isRare = filter !== null && mayMatch < fewCandidates(search, counts);
  const inOrder = isRare
    ? candidateStatement(scope, search, terms)
    : walkStatement(scope, counts, search, terms);
  if (filter === null || isSure) {
    return cut(rowsOf(db, inOrder).all(limit === null ? -1 : limit + 1, offset), limit);
  }
  const wanted = wantedRows(search);
  const found: number[] = [];
  const look = Math.min(wanted, LOOK_ROWS);
  for (const rows of chunksOf(rowsOf(db, inOrder).iterate(-1, 0), look)) {
    for (const id of yield* filter.matching(rows)) found.push(id);
    if (found.length >= wanted) break;
  }
  return cut(found.slice(offset), limit);
}

/** The rows of a statement that also takes a limit and an offset. */
function rowsOf(db: Database, { sql, values }: Sql) {
  const statement = prepared<number>(db, sql).pluck();
  return {
    all: (limit: number, offset: number) => statement.all(...values, limit, offset) as number[],
    iterate: (limit: number, offset: number) =>
      statement.iterate(...values, limit, offset) as IterableIterator<number>,
  };
}

function* chunksOf<Item>(items: Iterable<Item>, size: number): Generator<Item[]> {
  let chunk: Item[] = [];
  for (const item of items) {
    chunk.push(item);
    if (chunk.length < size) continue;
    yield chunk;
    chunk = [];
  }
  if (chunk.length > 0) yield chunk;
}

/** The page in what was found by asking for one row more. */
function cut(found: number[], limit: number | null): PageRows {
  const rows = limit === null ? found : found.slice(0, limit);
  return { rows, hasMore: found.length > rows.length };
}
