import type {
  ObjectDraft,
  ObjectVersions,
  StoredFile,
  TableDraft,
} from "../../../../model/content/content.ts";
import { documentNotFound, objectNotFound } from "../../../errors.ts";
import type { Database } from "../../connection/database.ts";
import { findVersion } from "../../reads/content/object-reads.ts";
import { createProjectRows } from "../../tables/row-ids.ts";

/** Makes the functions that store files, objects and tables inside the caller's transaction. */
export function createContentWrites(db: Database) {
  const project = createProjectRows(db);
  const addFile = db.prepare("INSERT INTO file (project, digest) VALUES (?, ?) ON CONFLICT DO NOTHING");
  const addPiece = db.prepare("INSERT INTO file_piece (file, position, bytes) VALUES (?, ?, ?)");
  const findDocument = db
    .prepare<[number, string], number>("SELECT id FROM document WHERE project = ? AND digest = ?")
    .pluck();
  const addDocument = db.prepare("INSERT INTO document (project, digest, json) VALUES (?, ?, ?)");
  const nextIndex = createNextIndex(db);
  const addVersion = db.prepare(
    `INSERT INTO object_version (project, object_id, version_index, document, is_latest, is_op, base_object_class,
       leaf_object_class, user_id, created_at)
     VALUES ($project, $objectId, $versionIndex, $document, 1, $isOp, $baseObjectClass, $leafObjectClass, $userId,
       $createdAt)
     ON CONFLICT (project, object_id, document) DO NOTHING`,
  );
  const ageVersions = db.prepare(
    `UPDATE object_version SET is_latest = 0
     WHERE project = ? AND object_id = ? AND is_latest = 1 AND version_index < ?`,
  );
  const versionsOf = db
    .prepare<[number, string], number>("SELECT id FROM object_version WHERE project = ? AND object_id = ?")
    .pluck();
  const keepIndex = db.prepare(
    `INSERT INTO removed_object (project, object_id, next_index) VALUES ($project, $objectId, $next)
     ON CONFLICT DO UPDATE SET next_index = excluded.next_index`,
  );
  const removeVersion = db.prepare<[number]>("DELETE FROM object_version WHERE id = ?");
  const renewLatest = db.prepare(
    `UPDATE object_version SET is_latest = 1 WHERE id = (
       SELECT id FROM object_version WHERE project = $project AND object_id = $objectId
       ORDER BY version_index DESC LIMIT 1)`,
  );
  const addTable = db.prepare(
    "INSERT INTO data_table (project, digest, row_count) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
  );
  const addRow = db.prepare("INSERT INTO data_table_row (data_table, position, document) VALUES (?, ?, ?)");

  function document(of: number, { digest, json }: { digest: string; json: string }): number {
    return findDocument.get(of, digest) ?? Number(addDocument.run(of, digest, json).lastInsertRowid);
  }

  return {
    createFile({ projectId, digest, pieces }: StoredFile): void {
      const { changes, lastInsertRowid } = addFile.run(project(projectId), digest);
      if (changes === 0) return;
      for (const [position, bytes] of pieces.entries()) addPiece.run(lastInsertRowid, position, bytes);
    },

    createObject(draft: ObjectDraft): void {
      const { projectId, objectId, digest, json, isOp, ...rest } = draft;
      const of = project(projectId);
      const versionIndex = nextIndex({ project: of, objectId });
      const { changes } = addVersion.run({
        ...rest,
        project: of,
        objectId,
        versionIndex,
        document: document(of, { digest, json }),
        isOp: Number(isOp),
      });
      if (changes > 0) ageVersions.run(of, objectId, versionIndex);
    },

    deleteObject({ projectId, objectId, versions }: ObjectVersions): number {
      const of = project(projectId);
      const name = { project: of, objectId };
      const rows = versions
        ? versions.map((version) => {
            const row = findVersion(db, { projectId, objectId, version });
            if (row === null) throw objectNotFound(objectId, version);
            return row;
          })
        : versionsOf.all(of, objectId);
      if (rows.length === 0) throw objectNotFound(objectId, null);
      keepIndex.run({ ...name, next: nextIndex(name) });
      const removed = new Set(rows);
      for (const row of removed) removeVersion.run(row);
      renewLatest.run(name);
      return removed.size;
    },

    createTable({ projectId, digest, rowDigests, rows }: TableDraft): void {
      const of = project(projectId);
      for (const row of rows) document(of, row);
      const { changes, lastInsertRowid } = addTable.run(of, digest, rowDigests.length);
      if (changes === 0) return;
      for (const [position, rowDigest] of rowDigests.entries()) {
        const row = findDocument.get(of, rowDigest);
        if (row === undefined) throw documentNotFound(rowDigest);
        addRow.run(lastInsertRowid, position, row);
      }
    },
  };
}

/** Makes the function that says which index the next version of an object gets: none is given twice. */
export function createNextIndex(db: Database): (name: { project: number; objectId: string }) => number {
  const next = db
    .prepare<{ project: number; objectId: string }, number>(
      `SELECT max(
         coalesce((SELECT max(version_index) + 1 FROM object_version WHERE project = $project AND object_id = $objectId), 0),
         coalesce((SELECT next_index FROM removed_object WHERE project = $project AND object_id = $objectId), 0))`,
    )
    .pluck();
  return (name) => next.get(name)!;
}
