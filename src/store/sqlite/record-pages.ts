import { extract } from "../../model/extract.ts";
import { parseJson } from "../../model/json/parse.ts";
import { printJson } from "../../model/json/print.ts";
import type { JsonValue } from "../../model/json/value.ts";
import type { StoredDocument, ThreadFilter, ThreadRecord, ThreadSearch } from "../../model/thread-record.ts";
import type { RecordBatch } from "../store.ts";
import { LIGHT_SIZE } from "./batches.ts";
import type { Database } from "./database.ts";
import { hidesMany } from "./hidden-threads.ts";
import type { MatchScope } from "./record-count.ts";
import {
  type ReadDocuments,
  type SizedRow,
  sizedInTurn,
  sizedRows,
  totalSize,
  withDocuments,
} from "./record-documents.ts";
import { RECORD_COLUMNS, type RecordRow, toRecord } from "./record-rows.ts";
import { namedRows } from "./record-scope.ts";
import { findPage, type RecordPage } from "./record-search.ts";
import { candidates, countCandidates } from "./record-terms.ts";

/** The most of each that a search may take on the main thread. */
const LIGHT_IDS = 100;
const LIGHT_ROWS = 100;
const LIGHT_OFFSET = 1000;
const LIGHT_CANDIDATES = 200;
const LIGHT_FILTER_LENGTH = 16 * 1024;

/** Whether the main thread may as much as look at a search or count: its filters are not long, nor are its ids many. */
export function isShort({ threadIds, metadata, values }: ThreadFilter): boolean {
  if (threadIds !== null && threadIds.length > LIGHT_IDS) return false;
  return (metadata?.length ?? 0) + (values?.length ?? 0) <= LIGHT_FILTER_LENGTH;
}

/**
 * Whether a search or count is answered so fast that the main thread may do it: it names a few threads, or walks an
 * order without looking into documents, or has to look into few and small ones. What it returns is another question:
 * `readLightPage`.
 *
 * @param search one that `isShort`
 * @param asked the search as `prepareSearch` made it ready
 */
export function isLightSearch(
  db: Database,
  search: ThreadFilter | ThreadSearch,
  asked: MatchScope | null,
): boolean {
  const { threadIds } = search;
  if (asked === null) return true;
  const { scope, filter } = asked;
  if (hidesMany(db, scope.project, search.now)) return false;
  if (filter === null) {
    if (threadIds !== null || !("limit" in search)) return true;
    return search.limit !== null && search.limit <= LIGHT_ROWS && search.offset <= LIGHT_OFFSET;
  }
  const isSmall = (rows: number[]) => totalSize(sizedRows(db, rows, filter.documents)) <= LIGHT_SIZE;
  if (threadIds !== null) return isSmall(namedRows(db, scope, threadIds));
  const rare = filter.terms.find(
    (term) => countCandidates(db, scope, term, LIGHT_CANDIDATES) < LIGHT_CANDIDATES,
  );
  return rare !== undefined && isSmall(candidates(db, scope, rare));
}

/** The records of a page, if the documents that it returns or looks into are few enough for the main thread; else null. */
export function readLightPage(db: Database, page: RecordPage, search: ThreadSearch): RecordBatch[] | null {
  const sized = sizedRows(db, page.rows, documentsOf(search));
  return totalSize(sized) <= LIGHT_SIZE ? [...recordBatches(db, page, sized, search)] : null;
}

/** Yields the records that a search asks for, in order, in batches of bounded size. All reads are of one snapshot. */
export function* recordPages(db: Database, search: ThreadSearch): Generator<RecordBatch> {
  const page = findPage(db, search);
  yield* recordBatches(db, page, sizedInTurn(db, page.rows, documentsOf(search)), search);
}

function* recordBatches(
  db: Database,
  { rows, total, hasMore }: RecordPage,
  sized: Iterable<SizedRow>,
  search: ThreadSearch,
): Generator<RecordBatch> {
  if (rows.length === 0) yield { threads: [], total, hasMore };
  for (const batch of withDocuments<RecordRow>(db, sized, documentsOf(search), RECORD_COLUMNS)) {
    const threads = batch.map((row) => ({ ...toRecord(row, search.now), ...shownOf(row, search) }));
    yield { threads, total, hasMore };
  }
}

/** The documents that a search returns or looks into. */
function documentsOf({ documents, extract: paths }: ThreadSearch): StoredDocument[] {
  const looked = paths.flatMap(({ document }) => (document === "config" ? [] : [document]));
  return [...new Set([...documents, ...looked])];
}

/** What a record shows of its documents: those asked for, and what the paths lead to. */
function shownOf(texts: ReadDocuments, { documents, extract: paths }: ThreadSearch): Partial<ThreadRecord> {
  const shown: Partial<ThreadRecord> = {};
  for (const name of documents) Object.assign(shown, { [name]: texts[name] });
  if (paths.length === 0) return shown;
  const contents = new Map<string, JsonValue>([["config", new Map()]]);
  const extracted = paths.map(({ document, steps }) => {
    const text = document === "config" ? null : texts[document];
    const content = contents.get(document) ?? parseJson(text ?? "null", [document]);
    contents.set(document, content);
    return printJson(extract(content, steps));
  });
  return { ...shown, extracted };
}
