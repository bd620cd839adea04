import type { ThreadFilter, ThreadSearch } from "../../model/thread-record.ts";
import { type Database, findProject, prepared } from "./database.ts";
import { countMatches, type MatchScope, recordCounts, recordsIn } from "./record-count.ts";
import { type DocumentFilter, documentFilter } from "./record-filter.ts";
import { candidateStatement, sortStatement, walkStatement } from "./record-order.ts";
import { allRows, namedRows, rowScope, type Sql } from "./record-scope.ts";
import { candidateThreads, countCandidates, type Term } from "./record-terms.ts";

/** The fewest candidates that are sorted, rather than walking an order in search of them. */
const FEW_CANDIDATES = 100;

/** The most candidates whose documents are read at once while a page is filled. */
const LOOK_ROWS = 100;

/** The rows of a page, in order. */
export interface RecordPage {
  rows: number[];
  total: number | null;
  hasMore: boolean;
}

/**
 * Finds the page that a search asks for.
 *
 * Without a filter on documents it walks the order's index: a page costs its rows and the offset, its total a look at
 * the counters. With one it looks into the threads that may match, in order, until the page is full: those that have
 * the rarest term, sorted, or, if even that is common, those that the walk comes by. The total then comes from the index
 * of terms where these decide. Where they do not, every thread that may match is looked at, and of named ones each.
 */
export function findPage(
  db: Database,
  search: ThreadSearch,
  asked: MatchScope | null = prepareSearch(db, search),
): RecordPage {
  if (asked === null) return { rows: [], total: search.withTotal ? 0 : null, hasMore: false };
  const matches = allMatches(db, asked, search.threadIds, search.withTotal);
  const total = search.withTotal ? (matches?.length ?? countMatches(db, asked)) : null;
  return { ...(matches ? sortedPage(db, search, matches) : firstPage(db, asked, search)), total };
}

/** How many threads match a filter; costs what the total of a search does. */
export function countRecords(
  db: Database,
  filter: ThreadFilter,
  asked: MatchScope | null = prepareSearch(db, filter),
): number {
  if (asked === null) return 0;
  return allMatches(db, asked, filter.threadIds, true)?.length ?? countMatches(db, asked);
}

/** Everything but the page; null if the project is not there. */
export function prepareSearch(db: Database, filter: ThreadFilter): MatchScope | null {
  const project = findProject(db, filter.projectId);
  if (project === null) return null;
  const scope = rowScope(db, project, filter);
  return { scope, counts: recordCounts(db, scope), filter: documentFilter(db, filter) };
}

/** All matches, where each thread that may match has to be looked at; else null. */
function allMatches(
  db: Database,
  { scope, filter }: MatchScope,
  threadIds: string[] | null,
  mustCount: boolean,
): number[] | null {
  if (threadIds !== null) {
    const named = namedRows(db, scope, threadIds);
    return filter ? [...filter.matching(named)] : named;
  }
  if (filter === null || filter.termsDecide || !mustCount) return null;
  if (filter.terms.length === 0) return [...filter.matching(allRows(db, scope))];
  const { terms } = rarestFirst(db, { scope, filter }, Number.MAX_SAFE_INTEGER);
  const { sql, values } = candidateThreads(scope, terms);
  const may = prepared<number>(db, `SELECT thread.id ${sql}`).pluck();
  return [...filter.matching(may.all(...values) as number[])];
}

/** A filter's terms, the rarest first, and how many documents may match that one, counted no further than `most`. */
function rarestFirst(
  db: Database,
  { scope, filter }: { scope: MatchScope["scope"]; filter: DocumentFilter },
  most: number,
): { terms: Term[]; count: number } {
  const ranked = filter.terms
    .map((term) => ({ term, count: countCandidates(db, scope, term, most) }))
    .toSorted((a, b) => a.count - b.count);
  return { terms: ranked.map(({ term }) => term), count: ranked[0]?.count ?? most };
}

function sortedPage(db: Database, search: ThreadSearch, matches: number[]): Omit<RecordPage, "total"> {
  const { limit, offset } = search;
  return cut(rowsOf(db, sortStatement(search, matches)).all(limit === null ? -1 : limit + 1, offset), limit);
}

/** Goes through threads in the order of the search until the page is full. */
function firstPage(db: Database, asked: MatchScope, search: ThreadSearch): Omit<RecordPage, "total"> {
  const { scope, counts, filter } = asked;
  if (counts.length === 0) return { rows: [], hasMore: false };
  const { limit, offset } = search;
  if (filter === null) {
    const walk = rowsOf(db, walkStatement(scope, counts, search, []));
    return cut(walk.all(limit === null ? -1 : limit + 1, offset), limit);
  }
  const wanted = limit === null ? Number.POSITIVE_INFINITY : offset + limit + 1;
  // The walk costs about wanted × records ÷ matches, sorting candidates as many as there are.
  const records = recordsIn(counts);
  const few = Math.max(FEW_CANDIDATES, Math.ceil(Math.sqrt(Math.min(wanted, records) * records)));
  const { terms, count } = rarestFirst(db, { scope, filter }, few);
  const inOrder =
    count < few ? candidateStatement(scope, search, terms) : walkStatement(scope, counts, search, terms);
  const found: number[] = [];
  const look = Math.min(wanted, LOOK_ROWS);
  for (const rows of chunksOf(rowsOf(db, inOrder).iterate(-1, 0), look)) {
    for (const id of filter.matching(rows)) found.push(id);
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
function cut(found: number[], limit: number | null): Omit<RecordPage, "total"> {
  const rows = limit === null ? found : found.slice(0, limit);
  return { rows, hasMore: found.length > rows.length };
}
