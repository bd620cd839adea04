import type {
  FoundVersion,
  ObjectKey,
  ObjectQuery,
  ObjectVersion,
} from "../../../../model/content/content.ts";
import { batchesOf } from "../../../shared/batches.ts";
import { type Database, findProject, prepared } from "../../connection/database.ts";
import { defineLookUp, defineRead, never } from "../define-read.ts";

/** One version of an object, with its value; null if there is none. */
export const objectRead = defineLookUp("object", readObject);

/** Those of some versions that are there. */
export const foundObjectsRead = defineRead({
  name: "foundObjects",
  fitsMainThread: never,
  pages: foundObjectPages,
});

/** The versions that match a query. */
export const objectsRead = defineRead({ name: "objects", fitsMainThread: never, pages: objectPages });

type VersionRow = Omit<ObjectVersion, "projectId" | "isOp" | "isLatest"> & { isOp: number; isLatest: number };

const VERSION = `v.object_id AS objectId, v.version_index AS versionIndex, v.is_latest AS isLatest, v.is_op AS isOp,
  v.base_object_class AS baseObjectClass, v.leaf_object_class AS leafObjectClass, v.user_id AS userId,
  v.created_at AS createdAt, d.digest`;

export function readObject(db: Database, key: ObjectKey): ObjectVersion | null {
  const id = findVersion(db, key);
  return id === null ? null : versionAt(db, key.projectId, id, true);
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

/**
 * Yields the versions that match a query. Goes by the names asked for, or by all names where the latest of each are
 * asked for, and sorts those; else it walks the order's index.
 */
export function* objectPages(db: Database, query: ObjectQuery): Generator<ObjectVersion[]> {
  const { projectId, limit, offset, withValues } = query;
  const project = findProject(db, projectId);
  if (project === null) return;
  const { conditions, values } = conditionsOf(query);
  const ids = prepared<{ id: number }>(
    db,
    `SELECT v.id FROM object_version v INDEXED BY ${indexFor(query)}
     WHERE v.project = ? ${conditions.map((each) => `AND ${each}`).join(" ")}
     ORDER BY ${orderOf(query)} LIMIT ? OFFSET ?`,
  ).all(project, ...values, limit ?? -1, offset);
  const versions = ids.values().map(({ id }) => versionAt(db, projectId, id, withValues));
  yield* batchesOf(versions, ({ json }) => json?.length ?? 0);
}

/** Yields those of some versions that are there, in the order of the keys. */
export function* foundObjectPages(db: Database, keys: ObjectKey[]): Generator<FoundVersion[]> {
  const found = keys.values().flatMap((key, position) => {
    const id = findVersion(db, key);
    return id === null ? [] : [{ position, version: versionAt(db, key.projectId, id, true) }];
  });
  yield* batchesOf(found, ({ version }) => version.json?.length ?? 0);
}

function indexFor({ objectIds, latestOnly, sort }: ObjectQuery): string {
  if (latestOnly) return "latest_object";
  const isByName = objectIds !== null || sort[0]?.field === "object_id";
  return isByName ? "object_version_by_key" : "object_version_by_created_at";
}

/** Names each field once: SQLite would sort by the second, too. */
function orderOf({ sort }: ObjectQuery): string {
  const keys = sort.length > 0 ? sort : [{ field: "created_at", direction: "asc" }];
  const named = new Set(keys.map(({ field }) => field));
  return [
    ...keys.map(({ field, direction }) => `v.${field} ${direction}`),
    ...(named.has("object_id") ? [] : ["v.object_id"]),
    "v.version_index",
  ].join(", ");
}

function versionAt(db: Database, projectId: string, id: number, withValue: boolean): ObjectVersion {
  const read = prepared<VersionRow>(
    db,
    `SELECT ${VERSION}, ${withValue ? "d.json" : "NULL AS json"}
     FROM object_version v JOIN document d ON d.id = v.document WHERE v.id = ?`,
  );
  const { isOp, isLatest, ...row } = read.get(id)!;
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
