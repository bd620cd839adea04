import type { EntryOf } from "../../../../model/transfer.ts";
import { type Database, prepared } from "../../connection/database.ts";
import { rowsByKey } from "./key-order.ts";

/** Rows of a table in one entry. */
const STRETCH_ROWS = 1000;

/** Yields the documents, objects, tables and files of a project. */
export function* exportContent(
  db: Database,
  project: number,
): Generator<EntryOf<"document" | "object" | "removal" | "table" | "file">> {
  yield* exportDocuments(db, project);
  yield* exportObjects(db, project);
  yield* exportRemovals(db, project);
  yield* exportTables(db, project);
  yield* exportFiles(db, project);
}

function* exportDocuments(db: Database, project: number): Generator<EntryOf<"document">> {
  const read = prepared<{ json: string }>(db, "SELECT json FROM document WHERE id = ?");
  for (const { id, key: digest } of rowsByKey(db, byDigest("document"), project)) {
    yield { kind: "document", digest, json: read.get(id)!.json };
  }
}

type VersionRow = Omit<EntryOf<"object">, "kind" | "isOp"> & { isOp: number };

function* exportObjects(db: Database, project: number): Generator<EntryOf<"object">> {
  const page = prepared<VersionRow>(
    db,
    `SELECT v.object_id AS objectId, version_index AS versionIndex, digest, is_op AS isOp,
       base_object_class AS baseObjectClass, leaf_object_class AS leafObjectClass, user_id AS userId,
       created_at AS createdAt
     FROM object_version v JOIN document d ON d.id = v.document
     WHERE v.project = ? AND (v.object_id, version_index) > (?, ?) ORDER BY v.object_id, version_index LIMIT 500`,
  );
  let rows = page.all(project, "", -1);
  while (rows.length > 0) {
    for (const { isOp, ...row } of rows) yield { kind: "object", ...row, isOp: isOp === 1 };
    const { objectId, versionIndex } = rows.at(-1)!;
    rows = page.all(project, objectId, versionIndex);
  }
}

function* exportRemovals(db: Database, project: number): Generator<EntryOf<"removal">> {
  const sql = `SELECT object_id AS objectId, next_index AS nextIndex FROM removed_object WHERE project = ? ORDER BY object_id`;
  for (const row of prepared<Omit<EntryOf<"removal">, "kind">>(db, sql).all(project)) {
    yield { kind: "removal", ...row };
  }
}

function* exportTables(db: Database, project: number): Generator<EntryOf<"table">> {
  const count = prepared<{ rows: number }>(db, "SELECT row_count AS rows FROM data_table WHERE id = ?");
  const stretch = prepared<{ digest: string }>(
    db,
    `SELECT digest FROM data_table_row r JOIN document d ON d.id = r.document
     WHERE data_table = ? AND position >= ? AND position < ? ORDER BY position`,
  );
  for (const { id, key: digest } of rowsByKey(db, byDigest("data_table"), project)) {
    const { rows } = count.get(id)!;
    let at = 0;
    do {
      const rowDigests = stretch.all(id, at, at + STRETCH_ROWS).map((row) => row.digest);
      at += STRETCH_ROWS;
      yield { kind: "table", digest, rowDigests, continues: at < rows };
    } while (at < rows);
  }
}

/** A piece at a time. */
function* exportFiles(db: Database, project: number): Generator<EntryOf<"file">> {
  const count = prepared<{ pieces: number }>(db, "SELECT count(*) AS pieces FROM file_piece WHERE file = ?");
  const read = prepared<{ bytes: Uint8Array }>(
    db,
    "SELECT bytes FROM file_piece WHERE file = ? AND position = ?",
  );
  for (const { id, key: digest } of rowsByKey(db, byDigest("file"), project)) {
    const { pieces } = count.get(id)!;
    if (pieces === 0) yield { kind: "file", digest, pieces: [], continues: false };
    for (let position = 0; position < pieces; position++) {
      const { bytes } = read.get(id, position)!;
      yield { kind: "file", digest, pieces: [bytes], continues: position + 1 < pieces };
    }
  }
}

function byDigest(table: string) {
  return { table, owner: "project", key: "digest" };
}
