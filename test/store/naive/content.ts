import type {
  ObjectKey,
  ObjectVersion,
  StoredFile,
  TableDraft,
  TableRow,
} from "../../../src/model/content/content.ts";
import { NotFoundError } from "../../../src/store/errors.ts";
import type { Store } from "../../../src/store/store.ts";
import { compareText } from "./order.ts";

type Content = Pick<
  Store,
  | "createFile"
  | "readFile"
  | "createObject"
  | "deleteObject"
  | "getObject"
  | "getObjects"
  | "queryObjects"
  | "createTable"
  | "countRows"
  | "queryRows"
>;

/** What a naive store holds of files, objects and tables. */
export interface NaiveContent {
  files: StoredFile[];
  objects: (ObjectVersion & { json: string })[];
  /** What is left of removed versions. */
  removals: { projectId: string; objectId: string; nextIndex: number }[];
  tables: TableDraft[];
  documents: (TableRow & { projectId: string })[];
}

/** The index that the next version of an object gets. */
export function nextIndexOf(
  { objects, removals }: NaiveContent,
  { projectId, objectId }: { projectId: string; objectId: string },
): number {
  const isOf = (each: { projectId: string; objectId: string }) =>
    each.projectId === projectId && each.objectId === objectId;
  const removed = removals.filter(isOf).map(({ nextIndex }) => nextIndex);
  return Math.max(0, ...removed, ...objects.filter(isOf).map(({ versionIndex }) => versionIndex + 1));
}

/** Files, objects and tables in lists. */
export function createNaiveContent(data: NaiveContent, mustBeOpen: () => void): Content {
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
    async createFile(file) {
      mustBeOpen();
      data.files.push(file);
    },

    async *readFile({ projectId, digest }) {
      mustBeOpen();
      const file = data.files.find((each) => each.projectId === projectId && each.digest === digest);
      if (!file) throw new NotFoundError(`File with digest ${digest} not found`);
      yield* file.pieces;
    },

    async createObject(draft) {
      mustBeOpen();
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

    async deleteObject({ projectId, objectId, versions }) {
      mustBeOpen();
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

    async getObject(key) {
      mustBeOpen();
      return find(key);
    },

    async *getObjects(keys, { signal } = {}) {
      mustBeOpen();
      const found = keys.map((key, position) => ({ position, version: find(key) }));
      signal?.throwIfAborted();
      const there = found.flatMap(({ position, version }) => (version ? [{ position, version }] : []));
      if (there.length > 0) yield there;
    },

    async *queryObjects(query, { signal } = {}) {
      mustBeOpen();
      const { objectIds, baseObjectClasses, excludeBaseObjectClasses, leafObjectClasses, isOp } = query;
      const sort = query.sort.length > 0 ? query.sort : [{ field: "created_at", direction: "asc" }];
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
            if (order !== 0) return direction === "asc" ? order : -order;
          }
          return compareText(a.objectId, b.objectId) || a.versionIndex - b.versionIndex;
        })
        .slice(query.offset, query.limit === null ? undefined : query.offset + query.limit);
      signal?.throwIfAborted();
      if (found.length > 0)
        yield found.map((each) => ({ ...each, json: query.withValues ? each.json : null }));
    },

    async createTable(draft) {
      mustBeOpen();
      const { projectId, rowDigests, rows } = draft;
      const known = (digest: string) =>
        jsonOf(projectId, digest) !== undefined || rows.some((row) => row.digest === digest);
      const missing = rowDigests.find((digest) => !known(digest));
      if (missing !== undefined) throw new NotFoundError(`Content with digest ${missing} not found`);
      for (const row of rows) keep(projectId, row);
      if (!table(draft)) data.tables.push(draft);
    },

    async countRows(key) {
      mustBeOpen();
      return table(key)?.rowDigests.length ?? null;
    },

    async *queryRows({ rowDigests, limit, offset, ...key }, { signal } = {}) {
      mustBeOpen();
      const rows = (table(key)?.rowDigests ?? [])
        .map((digest, index) => ({ index, digest, json: jsonOf(key.projectId, digest)! }))
        .filter(({ digest }) => rowDigests === null || rowDigests.includes(digest))
        .slice(offset, limit === null ? undefined : offset + limit);
      signal?.throwIfAborted();
      if (rows.length > 0) yield rows;
    },
  };
}
