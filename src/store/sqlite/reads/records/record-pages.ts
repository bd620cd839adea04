import { parseJson } from "../../../../model/json/parse.ts";
import { printJson } from "../../../../model/json/print.ts";
import type { JsonValue } from "../../../../model/json/value.ts";
import { type ExtractPath, extract } from "../../../../model/query/extract.ts";
import type {
  StoredDocument,
  ThreadFilter,
  ThreadRecord,
  ThreadSearch,
} from "../../../../model/threads/thread-record.ts";
import type { RecordBatch } from "../../../roles/records.ts";
import { LIGHT_SIZE } from "../../../shared/batches.ts";
import type { Steps } from "../../../shared/steps.ts";
import type { Database } from "../../connection/database.ts";
import { SHOWN_COLUMNS, type ShownRow, toRecord } from "../../tables/record-rows.ts";
import { namedRows } from "../../tables/record-scope.ts";
import { candidates } from "../../tables/record-terms.ts";
import type { MatchScope } from "./record-count.ts";
import {
  type ReadDocuments,
  sizedInTurn,
  sizedRows,
  totalSize,
  withDocuments,
  withFewDocuments,
} from "./record-documents.ts";
import { FEW_CANDIDATES, findPage, type RecordPage } from "./record-search.ts";

/** The most of each that a search may take on the main thread. */
const LIGHT_IDS = 100;
const LIGHT_ROWS = 100;
const LIGHT_OFFSET = 1000;
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
  const { scope, filter, terms, mayMatch, isSure } = asked;
  if (scope.hidden?.areMany) return false;
  if (filter === null) {
    if (threadIds !== null || !("limit" in search)) return true;
    return search.limit !== null && search.limit <= LIGHT_ROWS && search.offset <= LIGHT_OFFSET;
  }
  const isSmall = (rows: number[]) => totalSize(sizedRows(db, rows, filter.documents)) <= LIGHT_SIZE;
  if (threadIds !== null) return isSmall(namedRows(db, scope, threadIds));
  if (terms.length === 0 || mayMatch >= FEW_CANDIDATES) return false;
  return isSure || isSmall(candidates(db, scope, terms[0]!));
}

/** The records of a page, if the documents that it returns or looks into are few enough for the main thread; else null. */
export function readLightPage(db: Database, page: RecordPage, search: ThreadSearch): RecordBatch | null {
  const names = documentsOf(page, search);
  const rows = withFewDocuments<ShownRow>(db, page.rows, names, SHOWN_COLUMNS, LIGHT_SIZE);
  return rows && batchOf(rows, page, search);
}

/** Gives the records that a search asks for, in order, in batches of bounded size. All reads are of one snapshot. */
export function* recordPages(db: Database, search: ThreadSearch): Steps<RecordBatch> {
  const page = yield* findPage(db, search);
  const only = page.rows.length <= LIGHT_ROWS ? readLightPage(db, page, search) : null;
  if (only) return only;
  const names = documentsOf(page, search);
  for (const rows of withDocuments<ShownRow>(db, sizedInTurn(db, page.rows, names), names, SHOWN_COLUMNS)) {
    yield batchOf(rows, page, search);
  }
}

function batchOf(
  rows: (ShownRow & ReadDocuments)[],
  { total, hasMore, toCheck }: RecordPage,
  search: ThreadSearch,
): RecordBatch {
  const checked = toCheck ? rows.filter((row) => toCheck.holds(row)) : rows;
  return { threads: checked.map((row) => recordOf(row, search)), total, hasMore };
}

/** The documents that a search returns or looks into. */
function documentsOf({ toCheck }: RecordPage, { documents, extract: paths }: ThreadSearch): StoredDocument[] {
  const looked = paths.flatMap(({ document }) => (document === "config" ? [] : [document]));
  return [...new Set([...documents, ...looked, ...(toCheck?.documents ?? [])])];
}

/** A row as the model has it, with the documents that were asked for and what the paths lead to. */
function recordOf(
  row: ShownRow & ReadDocuments,
  { documents, extract: paths, now }: ThreadSearch,
): ThreadRecord {
  const record = toRecord(row, now);
  for (const name of documents) Object.assign(record, { [name]: row[name] });
  if (paths.length > 0) record.extracted = extracted(row, paths);
  return record;
}

/** What the paths lead to in some documents, as JSON texts. */
function extracted(texts: ReadDocuments, paths: readonly ExtractPath[]): string[] {
  const contents = new Map<string, JsonValue>([["config", new Map()]]);
  return paths.map(({ document, steps }) => {
    const text = document === "config" ? null : texts[document];
    const content = contents.get(document) ?? parseJson(text ?? "null", [document]);
    contents.set(document, content);
    return printJson(extract(content, steps));
  });
}
