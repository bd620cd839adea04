import type { ThreadFilter, ThreadSearch } from "../../../../model/threads/thread-record.ts";
import type { Database } from "../../connection/database.ts";
import { namedRows } from "../../tables/record-scope.ts";
import { candidates } from "../../tables/record-terms.ts";
import { BUDGET } from "../read-budget.ts";
import type { MatchScope } from "./record-count.ts";
import { sizedRows, totalSize } from "./record-documents.ts";
import { type DocumentFilter, documentFilter } from "./record-filter.ts";
import { prepareSearch } from "./record-search.ts";

const {
  rows: ROWS,
  offset: OFFSET,
  ids: IDS,
  filter: FILTER_LENGTH,
  candidates: CANDIDATES,
} = BUDGET.records;

/**
 * Answers a search or count if that is short: it names a few threads, or walks an order without looking into documents,
 * or has to look into few and small ones. Null where it is not, or where `answer` says so.
 *
 * What is looked up is of one snapshot, so that a worker has to look it up again: the search by itself is asked first.
 *
 * @param answer gives the answer to the search as `prepareSearch` made it ready
 */
export function searchOnMainThread<Search extends ThreadFilter | ThreadSearch, Answer>(
  db: Database,
  search: Search,
  answer: (asked: MatchScope | null) => Answer | null,
): Answer | null {
  const { threadIds, metadata, values } = search;
  if (threadIds !== null && threadIds.length > IDS) return null;
  if ((metadata?.length ?? 0) + (values?.length ?? 0) > FILTER_LENGTH) return null;
  const filter = documentFilter(db, search);
  if (threadIds === null && !isBounded(search, filter)) return null;
  const asked = prepareSearch(db, search, filter, CANDIDATES);
  return asked === null || looksAtLittle(db, search, asked) ? answer(asked) : null;
}

/** Whether the page is near, where nothing looks into documents; else whether an index knows what is asked of them. */
function isBounded(search: ThreadFilter | ThreadSearch, filter: DocumentFilter | null): boolean {
  if (filter !== null) return filter.terms.length > 0;
  if (!("limit" in search)) return true;
  return search.limit !== null && search.limit <= ROWS && search.offset <= OFFSET;
}

/** Whether few threads are hidden on the way, and the documents that are looked into are few and small. */
function looksAtLittle(db: Database, { threadIds }: ThreadFilter, asked: MatchScope): boolean {
  const { scope, filter, terms, mayMatch, isSure } = asked;
  if (scope.hidden?.areMany) return false;
  if (filter === null) return true;
  const areSmall = (rows: number[]) => totalSize(sizedRows(db, rows, filter.documents)) <= BUDGET.bytes;
  if (threadIds !== null) return areSmall(namedRows(db, scope, threadIds));
  return mayMatch < CANDIDATES && (isSure || areSmall(candidates(db, scope, terms[0]!)));
}
