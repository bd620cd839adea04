import type { StoredDocument } from "../../../../model/threads/thread-record.ts";
import { batchesOf } from "../../../shared/batches.ts";
import { type Database, prepared } from "../../connection/database.ts";

/** Rows of one look at the sizes of their documents. */
const LOOK_ROWS = 100;

/** A thread's row by its number, and how many bytes those of its documents have that are to be read. */
export interface SizedRow {
  id: number;
  size: number;
}

/** The documents that were read of a row; the others are absent. */
export type ReadDocuments = Partial<Record<StoredDocument, string | null>>;

const COLUMNS: Record<StoredDocument, { text: string; size: string }> = {
  metadata: {
    text: "coalesce(thread_metadata.json, '{}')",
    size: "octet_length(thread_metadata.json)",
  },
  values: { text: "body.state", size: "octet_length(body.state)" },
  interrupts: {
    text: "coalesce(body.interrupts, '{}')",
    size: "octet_length(body.interrupts)",
  },
};

/** The rows with the sizes of some of their documents, of which none is read. */
export function sizedRows(db: Database, rows: number[], names: readonly StoredDocument[]): SizedRow[] {
  if (names.length === 0) return rows.map((id) => ({ id, size: 0 }));
  return prepared<SizedRow>(db, `SELECT thread.id, ${sizeOf(names)} AS size ${pageOf(names)}`).all(
    JSON.stringify(rows),
  );
}

/** How many bytes some documents of a row have. */
function sizeOf(names: readonly StoredDocument[]): string {
  return ["0", ...names.map((name) => `ifnull(${COLUMNS[name].size}, 0)`)].join(" + ");
}

/** The size of all rows together. */
export function totalSize(rows: SizedRow[]): number {
  return rows.reduce((sum, { size }) => sum + size, 0);
}

/**
 * Yields the rows, in their order, with some of their documents: as many at a time as a batch may hold.
 *
 * @param columns more columns of `thread` to read, each with a comma after it
 */
export function* withDocuments<Row extends { id: number }>(
  db: Database,
  rows: Iterable<SizedRow>,
  names: readonly StoredDocument[],
  columns: string,
): Generator<(Row & ReadDocuments)[]> {
  const texts = names.map((name) => `, ${COLUMNS[name].text} AS "${name}"`).join("");
  const read = prepared<Row & ReadDocuments>(db, `SELECT ${columns}${texts} ${pageOf(names)}`);
  for (const batch of batchesOf(rows, ({ size }) => size)) {
    yield read.all(JSON.stringify(batch.map(({ id }) => id)));
  }
}

/**
 * The rows, in their order, with some of their documents; null when these have more bytes than `maxSize` in all. Reads at
 * most twice as much.
 *
 * @param columns more columns of `thread` to read, each with a comma after it
 */
export function withFewDocuments<Row extends { id: number }>(
  db: Database,
  rows: number[],
  names: readonly StoredDocument[],
  columns: string,
  maxSize: number,
): (Row & ReadDocuments)[] | null {
  const size = sizeOf(names);
  const texts = names.map((name) => `, iif(${size} <= ${maxSize}, ${COLUMNS[name].text}, NULL) AS "${name}"`);
  const read = prepared<Row & ReadDocuments & { size: number }>(
    db,
    `SELECT ${columns}${texts.join("")}, ${size} AS size ${pageOf(names)}`,
  );
  const found: (Row & ReadDocuments)[] = [];
  let total = 0;
  for (const row of read.iterate(JSON.stringify(rows))) {
    total += row.size;
    if (total > maxSize) return null;
    found.push(row);
  }
  return found;
}

/** The rows with their sizes, looked up as they are taken. */
export function* sizedInTurn(
  db: Database,
  rows: number[],
  names: readonly StoredDocument[],
): Generator<SizedRow> {
  for (let start = 0; start < rows.length; start += LOOK_ROWS) {
    yield* sizedRows(db, rows.slice(start, start + LOOK_ROWS), names);
  }
}

/** The threads of a JSON array of rows in its order, joined with the tables that their documents are in. */
function pageOf(names: readonly StoredDocument[]): string {
  const joins = [];
  if (names.includes("metadata")) {
    joins.push("LEFT JOIN thread_metadata ON thread_metadata.thread = thread.id");
  }
  if (names.includes("values") || names.includes("interrupts")) {
    joins.push("LEFT JOIN checkpoint_body AS body ON body.checkpoint = thread.head");
  }
  return `FROM json_each(?) AS page CROSS JOIN thread ON thread.id = page.value ${joins.join(" ")} ORDER BY page.rowid`;
}
