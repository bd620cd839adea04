import { extract } from "../../model/extract.ts";
import { parseJson } from "../../model/json/parse.ts";
import { printJson } from "../../model/json/print.ts";
import type { JsonValue } from "../../model/json/value.ts";
import type { StoredDocument, ThreadFilter, ThreadRecord, ThreadSearch } from "../../model/thread-record.ts";
import type { RecordBatch } from "../store.ts";
import { batchesOf, LIGHT_SIZE } from "./batches.ts";
import { type Database, findProject, prepared } from "./database.ts";
import { hidesMany } from "./hidden-threads.ts";
import { documentFilter } from "./record-filter.ts";
import { RECORD_COLUMNS, type RecordRow, readDocument, sizeOfDocuments, toRecord } from "./record-rows.ts";
import { namedRows, rowScope } from "./record-scope.ts";
import { findPage, type RecordPage } from "./record-search.ts";
import { candidates, countCandidates } from "./record-terms.ts";

/** Rows of one read. */
const PAGE_ROWS = 100;

/** The most of each that a search may take on the main thread. */
const LIGHT_IDS = 100;
const LIGHT_ROWS = 100;
const LIGHT_OFFSET = 1000;
const LIGHT_CANDIDATES = 50;

/**
 * Whether a search or count is answered so fast that the main thread may do it: it names a few threads, or walks an
 * order without looking into documents, or has to look into few and small ones. What it returns is another question:
 * `isLightPage`.
 */
export function isLightSearch(db: Database, search: ThreadFilter | ThreadSearch): boolean {
  const { threadIds } = search;
  if (threadIds !== null && threadIds.length > LIGHT_IDS) return false;
  const project = findProject(db, search.projectId);
  if (project === null) return true;
  if (hidesMany(db, project, search.now)) return false;
  const filter = documentFilter(db, search);
  if (filter === null) {
    if (threadIds !== null || !("limit" in search)) return true;
    return search.limit !== null && search.limit <= LIGHT_ROWS && search.offset <= LIGHT_OFFSET;
  }
  const scope = rowScope(db, project, search);
  if (threadIds !== null) return sizeOfDocuments(db, namedRows(db, scope, threadIds)) <= LIGHT_SIZE;
  const rare = filter.terms.find(
    (term) => countCandidates(db, scope, term, LIGHT_CANDIDATES) < LIGHT_CANDIDATES,
  );
  return rare !== undefined && sizeOfDocuments(db, candidates(db, scope, rare)) <= LIGHT_SIZE;
}

/** Whether the documents that a page returns or looks into are few enough to be read on the main thread. */
export function isLightPage(db: Database, page: RecordPage, search: ThreadSearch): boolean {
  return documentsOf(search).size === 0 || sizeOfDocuments(db, page.rows) <= LIGHT_SIZE;
}

/** Yields the records that a search asks for, in order, in batches of bounded size. All reads are of one snapshot. */
export function* recordPages(db: Database, search: ThreadSearch): Generator<RecordBatch> {
  yield* recordBatches(db, findPage(db, search), search);
}

/** Yields the records of a page, reading no document that is not asked for. */
export function* recordBatches(db: Database, page: RecordPage, search: ThreadSearch): Generator<RecordBatch> {
  const { rows, total, hasMore } = page;
  if (rows.length === 0) yield { threads: [], total, hasMore };
  for (const threads of batchesOf(records(db, rows, search), sizeOf)) yield { threads, total, hasMore };
}

function* records(db: Database, rows: number[], search: ThreadSearch): Generator<ThreadRecord> {
  const read = prepared<RecordRow>(
    db,
    `SELECT ${RECORD_COLUMNS} FROM json_each(?) AS page CROSS JOIN thread ON thread.id = page.value
     ORDER BY page.key`,
  );
  const documents = [...documentsOf(search)];
  for (let start = 0; start < rows.length; start += PAGE_ROWS) {
    for (const row of read.all(JSON.stringify(rows.slice(start, start + PAGE_ROWS)))) {
      const texts = new Map<string, string | null>(
        documents.map((document) => [document, readDocument(db, row.id, document)]),
      );
      yield { ...toRecord(row, search.now), ...shownOf(texts, search) };
    }
  }
}

/** The documents that a search returns or looks into. */
function documentsOf({ documents, extract: paths }: ThreadSearch): Set<StoredDocument> {
  const looked = paths.flatMap(({ document }) => (document === "config" ? [] : [document]));
  return new Set([...documents, ...looked]);
}

/** What a record shows of its documents: those asked for, and what the paths lead to. */
function shownOf(
  texts: Map<string, string | null>,
  { documents, extract: paths }: ThreadSearch,
): Partial<ThreadRecord> {
  const shown: Partial<ThreadRecord> = Object.fromEntries(documents.map((name) => [name, texts.get(name)]));
  if (paths.length === 0) return shown;
  const contents = new Map<string, JsonValue>([["config", new Map()]]);
  const extracted = paths.map(({ document, steps }) => {
    const content = contents.get(document) ?? parseJson(texts.get(document) ?? "null", [document]);
    contents.set(document, content);
    return printJson(extract(content, steps));
  });
  return { ...shown, extracted };
}

function sizeOf({ metadata, values, interrupts, extracted }: ThreadRecord): number {
  const texts = [metadata, values, interrupts, ...(extracted ?? [])];
  return texts.reduce((size, text) => size + (text?.length ?? 0), 0);
}
