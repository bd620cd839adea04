import type {
  ContentKey,
  ObjectKey,
  ObjectQuery,
  ObjectVersion,
  PlacedRow,
  TableQuery,
} from "../../model/content.ts";
import { batchesOf } from "./batches.ts";
import { type Database, findProject, prepared } from "./database.ts";

type VersionRow = Omit<ObjectVersion, "projectId" | "isOp" | "isLatest"> & { isOp: number; isLatest: number };

/** The rows read at a time; between two of them nothing is held. */
const PAGE_ROWS = 100;

const VERSION = `v.object_id AS objectId, v.version_index AS versionIndex, v.is_latest AS isLatest, v.is_op AS isOp,
  v.base_object_class AS baseObjectClass, v.leaf_object_class AS leafObjectClass, v.user_id AS userId,
  v.created_at AS createdAt, d.digest`;

/** One version of an object, with its value; null if there is none. */
export function readObject(db: Database, key: ObjectKey): ObjectVersion | null {
  const id = findVersion(db, key);
  if (id === null) return null;
  const row = prepared<VersionRow>(
    db,
    `SELECT ${VERSION}, d.json FROM object_version v JOIN document d ON d.id = v.document WHERE v.id = ?`,
  ).get(id);
  return toVersion(key.projectId, row!);
}

/** The row of a version; null if there is none. */
export function findVersion(db: Database, { projectId, objectId, version }: ObjectKey): number | null {
  const [condition, ...value] =
    version === "latest"
      ? ["is_latest = 1"]
      : typeof version === "number"
        ? ["version_index = ?", version]
        : [
            "document = (SELECT id FROM document d WHERE d.project = v.project AND digest = ?)",
            version.digest,
          ];
  const row = prepared<{ id: number }>(
    db,
    `SELECT id FROM object_version v WHERE project = ? AND object_id = ? AND ${condition}`,
  ).get(findProject(db, projectId), objectId, ...value);
  return row?.id ?? null;
}

/** Yields the versions that match a query. */
export function* objectPages(db: Database, query: ObjectQuery): Generator<ObjectVersion[]> {
  const { projectId, sort, limit, offset, withValues } = query;
  const project = findProject(db, projectId);
  if (project === null) return;
  const { conditions, values } = conditionsOf(query);
  const order = sort.map(({ field, direction }) => `v.${field} ${direction}`);
  const ids = prepared<{ id: number }>(
    db,
    `SELECT v.id FROM object_version v WHERE v.project = ? ${conditions.map((each) => `AND ${each}`).join(" ")}
     ORDER BY ${[...order, ...(sort.length === 0 ? ["v.created_at"] : []), "v.object_id", "v.version_index"].join(", ")}
     LIMIT ? OFFSET ?`,
  ).all(project, ...values, limit ?? -1, offset);
  const read = prepared<VersionRow>(
    db,
    `SELECT ${VERSION}, ${withValues ? "d.json" : "NULL AS json"}
     FROM object_version v JOIN document d ON d.id = v.document WHERE v.id = ?`,
  );
  const versions = ids.values().map(({ id }) => toVersion(projectId, read.get(id)!));
  yield* batchesOf(versions, ({ json }) => json?.length ?? 0);
}

/** How many rows a table has; null if there is none. */
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
  const table = prepared<{ id: number }>(
    db,
    "SELECT id FROM data_table WHERE project = ? AND digest = ?",
  ).get(findProject(db, projectId), digest);
  if (!table) return;
  const read = prepared<PlacedRow>(
    db,
    `SELECT r.position AS "index", d.digest, d.json FROM data_table_row r JOIN document d ON d.id = r.document
     WHERE r.data_table = $table AND r.position >= $next
       AND ($digests IS NULL OR d.digest IN (SELECT value FROM json_each($digests)))
     ORDER BY r.position LIMIT ${PAGE_ROWS}`,
  );
  const digests = rowDigests && JSON.stringify(rowDigests);
  // Where nothing is filtered the offset is a place in the table.
  let next = digests === null ? offset : 0;
  let skip = digests === null ? 0 : offset;
  let left = limit ?? Number.POSITIVE_INFINITY;
  while (left > 0) {
    const rows = read.all({ table: table.id, next, digests });
    const taken = rows.slice(skip, skip + left);
    yield* taken;
    if (rows.length < PAGE_ROWS) return;
    skip = Math.max(0, skip - rows.length);
    left -= taken.length;
    next = rows.at(-1)!.index + 1;
  }
}

function toVersion(projectId: string, { isOp, isLatest, ...row }: VersionRow): ObjectVersion {
  return { projectId, ...row, isOp: isOp === 1, isLatest: isLatest === 1 };
}

function conditionsOf(query: ObjectQuery): { conditions: string[]; values: unknown[] } {
  const conditions: string[] = [];
  const values: unknown[] = [];
  const among = (column: string, list: string[] | null, not = "") => {
    if (list === null) return;
    conditions.push(`${not} coalesce(${column} IN (SELECT value FROM json_each(?)), 0)`);
    values.push(JSON.stringify(list));
  };
  if (query.objectIds !== null) {
    conditions.push("v.object_id IN (SELECT value FROM json_each(?))");
    values.push(JSON.stringify(query.objectIds));
  }
  among("v.base_object_class", query.baseObjectClasses);
  among("v.base_object_class", query.excludeBaseObjectClasses, "NOT");
  among("v.leaf_object_class", query.leafObjectClasses);
  if (query.latestOnly) conditions.push("v.is_latest = 1");
  if (query.isOp !== null) conditions.push(`v.is_op = ${Number(query.isOp)}`);
  return { conditions, values };
}
