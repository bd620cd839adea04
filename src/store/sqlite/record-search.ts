import type { ThreadFilter, ThreadSearch } from "../../model/thread-record.ts";
import { type Database, findProject, prepared } from "./database.ts";
import { countMatches, type MatchScope, recordCounts, recordsIn } from "./record-count.ts";
import { type DocumentFilter, documentFilter } from "./record-filter.ts";
import { sortStatement, walkStatement } from "./record-order.ts";
import { allRows, namedRows, rowScope, rowsWithin } from "./record-scope.ts";
import { candidates, countCandidates, isCandidate } from "./record-terms.ts";

/** The fewest candidates that are looked at one by one, rather than walking an order in search of them. */
const FEW_CANDIDATES = 1000;

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
 * the counters. Named threads, or those that a rare term leaves, are looked at one by one, then sorted. If even the
 * rarest term is common, the walk looks at each thread on its way until the page is full; the total then comes from
 * the index of terms where these decide, else every thread that may match is looked at.
 */
export function findPage(db: Database, search: ThreadSearch): RecordPage {
  const asked = prepareSearch(db, search);
  if (asked === null) return { rows: [], total: search.withTotal ? 0 : null, hasMore: false };
  const wanted = search.limit === null ? Number.POSITIVE_INFINITY : search.offset + search.limit + 1;
  const matches = fewMatches(db, asked, search.threadIds, wanted, search.withTotal);
  if (matches) return sortedPage(db, search, matches);
  const total = search.withTotal ? countMatches(db, asked) : null;
  return { ...walkPage(db, asked, search), total };
}

/** How many threads match a filter; costs what the total of a search does. */
export function countRecords(db: Database, filter: ThreadFilter): number {
  const asked = prepareSearch(db, filter);
  if (asked === null) return 0;
  return fewMatches(db, asked, filter.threadIds, 0, true)?.length ?? countMatches(db, asked);
}

/** Everything but the page; null if the project is not there. */
function prepareSearch(db: Database, filter: ThreadFilter): MatchScope | null {
  const project = findProject(db, filter.projectId);
  if (project === null) return null;
  const scope = rowScope(db, project, filter);
  return { scope, counts: recordCounts(db, scope), filter: documentFilter(db, filter) };
}

/** All matches, where looking at each candidate is the way to find them; else null. */
function fewMatches(
  db: Database,
  { scope, counts, filter }: MatchScope,
  threadIds: string[] | null,
  wanted: number,
  mustCount: boolean,
): number[] | null {
  if (threadIds !== null) return namedRows(db, scope, threadIds).filter(matching(filter));
  if (filter === null) return null;
  // The walk costs about wanted × records ÷ matches, looking at candidates as many as there are.
  const records = recordsIn(counts);
  const few = Math.max(FEW_CANDIDATES, Math.ceil(Math.sqrt(Math.min(wanted, records) * records)));
  const ranked = filter.terms
    .map((term) => ({ term, count: countCandidates(db, scope, term, few) }))
    .toSorted((a, b) => a.count - b.count);
  const [rarest, ...others] = ranked;
  const mustLook = mustCount && !filter.termsDecide;
  if (rarest && (rarest.count < few || mustLook)) {
    const found = candidates(db, scope, rarest.term).filter((id) =>
      others.every(({ term }) => isCandidate(db, scope, term, id)),
    );
    return rowsWithin(db, scope, found).filter(filter.matches);
  }
  return mustLook ? allRows(db, scope).filter(filter.matches) : null;
}

function matching(filter: DocumentFilter | null): (id: number) => boolean {
  return filter ? filter.matches : () => true;
}

function sortedPage(db: Database, search: ThreadSearch, matches: number[]): RecordPage {
  const { limit, offset } = search;
  const { sql, values } = sortStatement(search);
  const found = prepared<number>(db, sql)
    .pluck()
    .all(JSON.stringify(matches), ...values, limit === null ? -1 : limit + 1, offset) as number[];
  return { ...cut(found, limit), total: search.withTotal ? matches.length : null };
}

function walkPage(
  db: Database,
  { scope, counts, filter }: MatchScope,
  search: ThreadSearch,
): Omit<RecordPage, "total"> {
  if (counts.length === 0) return { rows: [], hasMore: false };
  const { limit, offset } = search;
  const { sql, values } = walkStatement(scope, counts, search);
  const walk = prepared<number>(db, sql).pluck();
  if (filter === null) {
    return cut(walk.all(...values, limit === null ? -1 : limit + 1, offset) as number[], limit);
  }
  const wanted = limit === null ? Number.POSITIVE_INFINITY : offset + limit + 1;
  const found: number[] = [];
  for (const id of walk.iterate(...values, -1, 0) as Iterable<number>) {
    if (!filter.terms.every((term) => isCandidate(db, scope, term, id)) || !filter.matches(id)) continue;
    found.push(id);
    if (found.length === wanted) break;
  }
  return cut(found.slice(offset), limit);
}

/** The page in what was found by asking for one row more. */
function cut(found: number[], limit: number | null): Omit<RecordPage, "total"> {
  const rows = limit === null ? found : found.slice(0, limit);
  return { rows, hasMore: found.length > rows.length };
}
