import type { ObjectKey, ObjectVersion, TableRow } from "../../../src/model/content/content.ts";
import { NotFoundError } from "../../../src/store/errors.ts";
import type { FileStore, ObjectStore, TableStore } from "../../../src/store/roles/content.ts";
import type { NaiveData } from "./data.ts";
import { compareText, directed } from "./order.ts";
import type { Plain } from "./plain.ts";

/** The index that the next version of an object gets. */
export function nextIndexOf(
  { objects, removals }: NaiveData,
  { projectId, objectId }: { projectId: string; objectId: string },
): number {
  const isOf = (each: { projectId: string; objectId: string }) =>
    each.projectId === projectId && each.objectId === objectId;
  const removed = removals.filter(isOf).map(({ nextIndex }) => nextIndex);
  return Math.max(0, ...removed, ...objects.filter(isOf).map(({ versionIndex }) => versionIndex + 1));
}

/** Files, objects and tables in lists. */
export function createNaiveContent(data: NaiveData): Plain<FileStore & ObjectStore & TableStore> {
  const jsonOf = (projectId: string, digest: string) =>
    data.documents.find((each) => each.projectId === projectId && each.digest === digest)?.json;
  const table = (key: { projectId: string; digest: string }) =>
    data.tables.find(({ projectId, digest }) => projectId === key.projectId && digest === key.digest);

  function isNamed(
    { isLatest, versionIndex, digest }: ObjectVersion,
    version: ObjectKey["version"],
  ): boolean {
    if (version === "latest") return isLatest;
    return typeof version === "number" ? versionIndex === version : digest === version.digest;
  }

  function find({ projectId, objectId, version }: ObjectKey): ObjectVersion | null {
    const found = data.objects
      .filter((each) => each.projectId === projectId && each.objectId === objectId)
      .find((each) => isNamed(each, version));
    return found ? { ...found } : null;
  }

  function keep(projectId: string, { digest, json }: TableRow): void {
    if (jsonOf(projectId, digest) === undefined) data.documents.push({ projectId, digest, json });
  }

  return {
    createFile(file) {
      data.files.push(file);
    },

    readFile({ projectId, digest }) {
      const file = data.files.find((each) => each.projectId === projectId && each.digest === digest);
      if (!file) throw new NotFoundError(`File with digest ${digest} not found`);
      return file.pieces;
    },

    createObject(draft) {
      const { projectId, objectId, digest } = draft;
      keep(projectId, draft);
      const versions = data.objects.filter(
        (each) => each.projectId === projectId && each.objectId === objectId,
      );
      if (versions.some((each) => each.digest === digest)) return;
      for (const version of versions) version.isLatest = false;
      const json = jsonOf(projectId, digest)!;
      data.objects.push({ ...draft, json, versionIndex: nextIndexOf(data, draft), isLatest: true });
    },

    deleteObject({ projectId, objectId, versions }) {
      const all = data.objects.filter((each) => each.projectId === projectId && each.objectId === objectId);
      const missing = versions?.find((version) => !all.some((each) => isNamed(each, version)));
      const doomed = all.filter((each) => !versions || versions.some((version) => isNamed(each, version)));
      if (missing !== undefined || doomed.length === 0) throw new NotFoundError(`Obj ${objectId} not found`);
      const nextIndex = nextIndexOf(data, { projectId, objectId });
      data.removals = data.removals.filter(
        (each) => each.projectId !== projectId || each.objectId !== objectId,
      );
      data.removals.push({ projectId, objectId, nextIndex });
      data.objects = data.objects.filter((each) => !doomed.includes(each));
      const left = all.filter((each) => !doomed.includes(each)).at(-1);
      if (left) left.isLatest = true;
      return doomed.length;
    },

    getObject(key) {
      return find(key);
    },

    getObjects(keys) {
      const found = keys.map((key, position) => ({ position, version: find(key) }));
      const there = found.flatMap(({ position, version }) => (version ? [{ position, version }] : []));
      return there.length > 0 ? [there] : [];
    },

    queryObjects(query) {
      const { objectIds, baseObjectClasses, excludeBaseObjectClasses, leafObjectClasses, isOp } = query;
      const sort = query.sort.length > 0 ? query.sort : [{ field: "created_at", direction: "asc" as const }];
      const found = data.objects
        .filter((each) => each.projectId === query.projectId)
        .filter((each) => objectIds === null || objectIds.includes(each.objectId))
        .filter((each) => isOp === null || each.isOp === isOp)
        .filter((each) => each.isLatest || !query.latestOnly)
        .filter(
          (each) => baseObjectClasses === null || baseObjectClasses.includes(each.baseObjectClass ?? ""),
        )
        .filter((each) => !excludeBaseObjectClasses?.includes(each.baseObjectClass ?? ""))
        .filter(
          (each) => leafObjectClasses === null || leafObjectClasses.includes(each.leafObjectClass ?? ""),
        )
        .toSorted((a, b) => {
          for (const { field, direction } of sort) {
            const order =
              field === "created_at" ? a.createdAt - b.createdAt : compareText(a.objectId, b.objectId);
            if (order !== 0) return directed(order, direction);
          }
          return compareText(a.objectId, b.objectId) || a.versionIndex - b.versionIndex;
        })
        .slice(query.offset, query.limit === null ? undefined : query.offset + query.limit);
      const shown = found.map((each) => ({ ...each, json: query.withValues ? each.json : null }));
      return shown.length > 0 ? [shown] : [];
    },

    createTable(draft) {
      const { projectId, rowDigests, rows } = draft;
      const known = (digest: string) =>
        jsonOf(projectId, digest) !== undefined || rows.some((row) => row.digest === digest);
      const missing = rowDigests.find((digest) => !known(digest));
      if (missing !== undefined) throw new NotFoundError(`Content with digest ${missing} not found`);
      for (const row of rows) keep(projectId, row);
      if (!table(draft)) data.tables.push(draft);
    },

    countRows(key) {
      return table(key)?.rowDigests.length ?? null;
    },

    queryRows({ rowDigests, limit, offset, ...key }) {
      const rows = (table(key)?.rowDigests ?? [])
        .map((digest, index) => ({ index, digest, json: jsonOf(key.projectId, digest)! }))
        .filter(({ digest }) => rowDigests === null || rowDigests.includes(digest))
        .slice(offset, limit === null ? undefined : offset + limit);
      return rows.length > 0 ? [rows] : [];
    },
  };
}
