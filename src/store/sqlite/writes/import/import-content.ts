import { type EntriesByKind, type EntryOf, wholesOf } from "../../../../model/transfer.ts";
import { documentNotFound } from "../../../errors.ts";
import type { Database } from "../../connection/database.ts";
import { createProjectRows } from "../../tables/row-ids.ts";
import { type createContentWrites, createNextIndex } from "../content/content-writes.ts";

/** Makes the function that stores documents, objects, tables and files inside the caller's transaction. */
export function createContentImport(
  db: Database,
  { createTable, createFile }: Pick<ReturnType<typeof createContentWrites>, "createTable" | "createFile">,
) {
  const projectOf = createProjectRows(db);
  const addDocument = db.prepare(
    "INSERT INTO document (project, digest, json) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
  );
  const findDocument = db
    .prepare<[number, string], number>("SELECT id FROM document WHERE project = ? AND digest = ?")
    .pluck();
  const hasVersion = db.prepare<[number, string, number]>(
    "SELECT 1 FROM object_version WHERE project = ? AND object_id = ? AND document = ?",
  );
  const hasIndex = db.prepare<[number, string, number]>(
    "SELECT 1 FROM object_version WHERE project = ? AND object_id = ? AND version_index = ?",
  );
  const nextIndex = createNextIndex(db);
  const keepIndex = db.prepare<[number, string, number]>(
    `INSERT INTO removed_object (project, object_id, next_index) VALUES (?, ?, ?)
     ON CONFLICT DO UPDATE SET next_index = max(next_index, excluded.next_index)`,
  );
  const lastIndex = db
    .prepare<[number, string], number | null>(
      "SELECT max(version_index) FROM object_version WHERE project = ? AND object_id = ?",
    )
    .pluck();
  const ageVersions = db.prepare<[number, string]>(
    "UPDATE object_version SET is_latest = 0 WHERE project = ? AND object_id = ? AND is_latest = 1",
  );
  const addVersion = db.prepare(
    `INSERT INTO object_version (project, object_id, version_index, document, is_latest, is_op, base_object_class,
       leaf_object_class, user_id, created_at)
     VALUES ($project, $objectId, $versionIndex, $document, $isLatest, $isOp, $baseObjectClass, $leafObjectClass,
       $userId, $createdAt)`,
  );

  /** Under its own index, or where that is taken under the next. */
  function importObject(project: number, entry: EntryOf<"object">): void {
    const { objectId, digest, isOp, ...said } = entry;
    const document = findDocument.get(project, digest);
    if (document === undefined) throw documentNotFound(digest);
    if (hasVersion.get(project, objectId, document) !== undefined) return;
    const last = lastIndex.get(project, objectId) ?? -1;
    const isTaken = hasIndex.get(project, objectId, entry.versionIndex) !== undefined;
    const versionIndex = isTaken ? nextIndex({ project, objectId }) : entry.versionIndex;
    const isLatest = versionIndex > last;
    if (isLatest) ageVersions.run(project, objectId);
    const flags = { isOp: Number(isOp), isLatest: Number(isLatest) };
    addVersion.run({ ...said, project, objectId, versionIndex, document, ...flags });
  }

  return (projectId: string, of: EntriesByKind): void => {
    const project = projectOf(projectId);
    for (const { digest, json } of of.document ?? []) addDocument.run(project, digest, json);
    for (const object of of.object ?? []) importObject(project, object);
    for (const { objectId, nextIndex } of of.removal ?? []) keepIndex.run(project, objectId, nextIndex);
    for (const table of wholesOf(of.table ?? [])) {
      const rowDigests = table.flatMap((stretch) => stretch.rowDigests);
      createTable({ projectId, digest: table[0]!.digest, rowDigests, rows: [] });
    }
    for (const file of wholesOf(of.file ?? [])) {
      const pieces = file.flatMap((stretch) => stretch.pieces);
      createFile({ projectId, digest: file[0]!.digest, pieces });
    }
  };
}
