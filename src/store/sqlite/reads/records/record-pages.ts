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
import { type CooperativeRead, runToEnd } from "../../../shared/cooperative-read.ts";
import type { Database } from "../../connection/database.ts";
import { SHOWN_COLUMNS, type ShownRow, toRecord } from "../../tables/record-rows.ts";
import type { Read } from "../define-read.ts";
import { BUDGET } from "../read-budget.ts";
import { type ReadDocuments, sizedInTurn, withDocuments, withFewDocuments } from "./record-documents.ts";
import { countRecords, findPage, type RecordPage } from "./record-search.ts";
import { searchOnMainThread } from "./short-search.ts";

/** The search of threads as documents. What it returns is known to be small only when the page is found. */
export const recordsRead: Read<ThreadSearch, RecordBatch> = {
  name: "records",
  readShort(db, search) {
    const batch = searchOnMainThread(db, search, (asked) =>
      readSmallPage(db, runToEnd(findPage(db, search, asked)), search),
    );
    return batch && [batch];
  },
  pages: recordPages,
};

/** How many threads match a filter. */
export const recordCountRead: Read<ThreadFilter, number> = {
  name: "recordCount",
  readShort(db, filter) {
    const count = searchOnMainThread(db, filter, (asked) => runToEnd(countRecords(db, filter, asked)));
    return count === null ? null : [count];
  },
  pages: countRecords,
};

/** The records of a page, if the documents that it returns or looks into are small; else null. */
function readSmallPage(db: Database, page: RecordPage, search: ThreadSearch): RecordBatch | null {
  const names = documentsOf(page, search);
  const rows = withFewDocuments<ShownRow>(db, page.rows, names, SHOWN_COLUMNS, BUDGET.bytes);
  return rows && batchOf(rows, page, search);
}

/** Gives the records that a search asks for, in order, in batches of bounded size. All reads are of one snapshot. */
export function* recordPages(db: Database, search: ThreadSearch): CooperativeRead<RecordBatch> {
  const page = yield* findPage(db, search);
  const only = page.rows.length <= BUDGET.records.rows ? readSmallPage(db, page, search) : null;
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
