import type { ContentKey, PlacedRow, TableQuery } from "../../../../model/content/content.ts";
import { batchesOf } from "../../../shared/batches.ts";
import { type Database, findProject, prepared } from "../../connection/database.ts";
import { defineLookUp, defineRead, never } from "../define-read.ts";

/** The row of a file; null if there is none. */
export const fileRead = defineLookUp("file", findFile);

/** One piece of a file, from 0 on; null after the last. */
export const filePieceRead = defineLookUp(
  "filePiece",
  (db, { file, position }: { file: number; position: number }) => readPiece(db, file, position),
);

/** How many rows a table has; null if there is none. */
export const tableSizeRead = defineLookUp("tableSize", countTableRows);

/** Rows of a table. */
export const tableRowsRead = defineRead({ name: "tableRows", fitsMainThread: never, pages: tableRowPages });

/** The rows read at a time; between two of them nothing is held. */
const PAGE_ROWS = 100;

export function findFile(db: Database, { projectId, digest }: ContentKey): number | null {
  const found = prepared<{ id: number }>(db, "SELECT id FROM file WHERE project = ? AND digest = ?");
  return found.get(findProject(db, projectId), digest)?.id ?? null;
}

export function readPiece(db: Database, file: number, position: number): Uint8Array | null {
  const piece = prepared<{ bytes: Buffer }>(
    db,
    "SELECT bytes FROM file_piece WHERE file = ? AND position = ?",
  );
  return piece.get(file, position)?.bytes ?? null;
}

export function countTableRows(db: Database, { projectId, digest }: ContentKey): number | null {
  const count = prepared<{ rows: number }>(
    db,
    "SELECT row_count AS rows FROM data_table WHERE project = ? AND digest = ?",
  ).get(findProject(db, projectId), digest);
  return count?.rows ?? null;
}

/** Yields rows of a table. */
export function* tableRowPages(db: Database, query: TableQuery): Generator<PlacedRow[]> {
  yield* batchesOf(tableRows(db, query), ({ json }) => json.length);
}

function* tableRows(
  db: Database,
  { projectId, digest, rowDigests, limit, offset }: TableQuery,
): Generator<PlacedRow> {
  const project = findProject(db, projectId);
  const table = prepared<{ id: number }>(
    db,
    "SELECT id FROM data_table WHERE project = ? AND digest = ?",
  ).get(project, digest);
  if (!table) return;
  const documents = rowDigests && JSON.stringify(documentsOf(db, project, rowDigests));
  const read = prepared<PlacedRow>(
    db,
    `SELECT r.position AS "index", d.digest, d.json
     FROM data_table_row r CROSS JOIN document d ON d.id = r.document
     WHERE r.data_table = ? AND r.position >= ?
       ${documents === null ? "" : "AND r.document IN (SELECT value FROM json_each(?))"}
     ORDER BY r.position LIMIT ${PAGE_ROWS}`,
  );
  const wanted = documents === null ? [] : [documents];
  // Where nothing is filtered the offset is a place in the table.
  let next = documents === null ? offset : 0;
  let skip = documents === null ? 0 : offset;
  let left = limit ?? Number.POSITIVE_INFINITY;
  while (left > 0) {
    const rows = read.all(table.id, next, ...wanted);
    const taken = rows.slice(skip, skip + left);
    yield* taken;
    if (rows.length < PAGE_ROWS) return;
    skip = Math.max(0, skip - rows.length);
    left -= taken.length;
    next = rows.at(-1)!.index + 1;
  }
}

/** The rows of the values of these digests. */
function documentsOf(db: Database, project: number | null, digests: string[]): number[] {
  const read = prepared<{ id: number }>(
    db,
    `SELECT id FROM document INDEXED BY document_by_key
     WHERE project = ? AND digest IN (SELECT value FROM json_each(?))`,
  );
  return read.all(project, JSON.stringify(digests)).map(({ id }) => id);
}
