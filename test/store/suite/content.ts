import { Buffer } from "node:buffer";
import fc from "fast-check";
import { expect } from "vitest";
import type {
  ObjectDraft,
  ObjectKey,
  ObjectQuery,
  ObjectVersions,
  TableQuery,
} from "../../../src/model/content/content.ts";
import { NotFoundError } from "../../../src/store/errors.ts";
import type { ObjectStore, TableStore } from "../../../src/store/roles/content.ts";
import type { Store } from "../../../src/store/store.ts";
import { PROJECT } from "../builders.ts";
import { object, objectQuery, tableQuery } from "../content-builders.ts";
import { createNaiveStore } from "../naive-store.ts";
import { check, PROPERTY_TIMEOUT, projects } from "./check.ts";
import type { DefineTest } from "./describe-store.ts";

/** Files, objects and tables, each named by a digest. */
export function contentTests(test: DefineTest): void {
  test("a file comes back byte by byte, also after a restart", async (handle) => {
    const pieces = [Buffer.from([0, 255, 10, 13]), Buffer.alloc(70_000, 7), Buffer.from("é")];
    const key = { projectId: PROJECT, digest: "d" };
    await handle.store.createFile({ ...key, pieces });
    await handle.store.createFile({ ...key, pieces: [Buffer.concat(pieces)] });
    await handle.store.createFile({ projectId: PROJECT, digest: "empty", pieces: [] });
    const store = (await handle.reopen?.()) ?? handle.store;
    expect(Buffer.concat(await Array.fromAsync(store.readFile(key))).equals(Buffer.concat(pieces))).toBe(
      true,
    );
    expect(await Array.fromAsync(store.readFile({ ...key, digest: "empty" }))).toEqual([]);
    await expect(Array.fromAsync(store.readFile({ ...key, projectId: "another" }))).rejects.toThrow(
      NotFoundError,
    );
    expect(await store.isEmpty()).toBe(false);
  });

  test("each new value of a name is its next version, and the latest", async ({ store }) => {
    for (const digest of ["a", "b", "a"]) await store.createObject(object({ digest, json: `"${digest}"` }));
    await store.createObject(object({ objectId: "other" }));
    const key = { projectId: PROJECT, objectId: "name" };
    const read = async (version: "latest" | number | { digest: string }) => {
      const found = await store.getObject({ ...key, version });
      return found && [found.digest, found.json, found.versionIndex, found.isLatest];
    };
    expect(await read("latest")).toEqual(["b", '"b"', 1, true]);
    expect(await read(0)).toEqual(["a", '"a"', 0, false]);
    expect(await read({ digest: "a" })).toEqual(["a", '"a"', 0, false]);
    expect(await read(2)).toBeNull();
    expect(await read({ digest: "c" })).toBeNull();
    expect(await store.getObject({ ...key, projectId: "another", version: "latest" })).toBeNull();
    expect(await list(store, {})).toEqual(["name:0", "name:1", "other:0"]);
  });

  test("several versions are read at once, in the order asked for, without those that are not there", async ({
    store,
  }) => {
    for (const digest of ["a", "b"]) await store.createObject(object({ digest, json: `"${digest}"` }));
    await store.createObject(object({ projectId: "another", digest: "a", json: '"other a"' }));
    const name = { projectId: PROJECT, objectId: "name" };
    const keys: ObjectKey[] = [
      { ...name, version: 7 },
      { ...name, version: "latest" },
      { ...name, version: { digest: "a" } },
      { ...name, projectId: "another", version: 0 },
      { ...name, objectId: "none", version: "latest" },
      { ...name, version: 1 },
    ];
    const found = (await Array.fromAsync(store.getObjects(keys))).flat();
    expect(found.map(({ position, version }) => [position, version.json])).toEqual([
      [1, '"b"'],
      [2, '"a"'],
      [3, '"other a"'],
      [5, '"b"'],
    ]);
    expect(found[0]!.version).toEqual(await store.getObject(keys[1]!));
    expect(await Array.fromAsync(store.getObjects([]))).toEqual([]);
  });

  test("removed versions are gone, the newest left is the latest, and numbers are not given again", async ({
    store,
  }) => {
    const create = (digest: string) => store.createObject(object({ digest, json: `"${digest}"` }));
    for (const digest of ["a", "b", "c"]) await create(digest);
    await store.createObject(object({ objectId: "other", digest: "c", json: '"c"' }));
    const name = { projectId: PROJECT, objectId: "name" };
    const remove = (versions: ObjectVersions["versions"]) => store.deleteObject({ ...name, versions });
    const latest = async () => (await store.getObject({ ...name, version: "latest" }))?.versionIndex;

    await expect(remove([{ digest: "a" }, { digest: "none" }])).rejects.toThrow(NotFoundError);
    await expect(remove([3])).rejects.toThrow(NotFoundError);
    await expect(store.deleteObject({ ...name, projectId: "another", versions: null })).rejects.toThrow(
      NotFoundError,
    );
    expect(await list(store, {})).toEqual(["name:0", "name:1", "name:2", "other:0"]);

    expect(await remove([{ digest: "c" }, "latest", 2])).toBe(1);
    expect([await list(store, {}), await latest()]).toEqual([["name:0", "name:1", "other:0"], 1]);
    expect(await store.getObject({ ...name, version: { digest: "c" } })).toBeNull();
    expect(await remove([0])).toBe(1);
    expect([await list(store, { latestOnly: true }), await latest()]).toEqual([["name:1", "other:0"], 1]);

    await create("c");
    expect([await list(store, {}), await latest()]).toEqual([["name:1", "name:3", "other:0"], 3]);
    expect(await remove(null)).toBe(2);
    expect([await list(store, {}), await latest()]).toEqual([["other:0"], undefined]);
    await expect(remove(null)).rejects.toThrow(NotFoundError);
    await create("a");
    expect(await list(store, {})).toEqual(["name:4", "other:0"]);
  });

  test(
    "whatever is published and removed, versions are numbered, found and listed as they would be by hand",
    async ({ store }) => {
      const nextProject = projects();
      await check(fc.array(objectChange, { maxLength: 12 }), async (changes) => {
        const naive = createNaiveStore();
        const projectId = nextProject();
        const outcome = (on: Store, { objectId, digest, remove }: ObjectChange) =>
          remove === undefined
            ? on.createObject(object({ projectId, objectId, digest, json: `"${digest}"` }))
            : on.deleteObject({ projectId, objectId, versions: remove }).catch((error: Error) => error.name);
        for (const change of changes) {
          expect(await outcome(store, change)).toEqual(await outcome(naive, change));
          const seen = async (on: Store) => ({
            all: (await Array.fromAsync(on.queryObjects(objectQuery({ projectId })))).flat(),
            latest: await list(on, { projectId, latestOnly: true }),
            named: await list(on, {
              projectId,
              objectIds: ["x"],
              sort: [{ field: "object_id", direction: "desc" }],
            }),
          });
          expect(await seen(store)).toEqual(await seen(naive));
        }
      });
    },
    PROPERTY_TIMEOUT,
  );

  test("a value is kept once in its first spelling, with all that is known of each version", async ({
    store,
  }) => {
    const draft = object({
      json: '{"n": 1.0}',
      userId: "u",
      isOp: true,
      baseObjectClass: "B",
      leafObjectClass: "L",
    });
    await store.createObject(draft);
    await store.createObject(object({ objectId: "again", json: '{"n": 1.00}' }));
    const key = { projectId: PROJECT, version: "latest" as const };
    expect(await store.getObject({ ...key, objectId: "name" })).toEqual({
      ...draft,
      versionIndex: 0,
      isLatest: true,
    });
    expect((await store.getObject({ ...key, objectId: "again" }))?.json).toBe('{"n": 1.0}');
  });

  test("objects are found by name, kind and class, sorted and paged", async ({ store }) => {
    const given: Partial<ObjectDraft>[] = [
      { objectId: "b", digest: "1", createdAt: 3, baseObjectClass: "Model", leafObjectClass: "Mine" },
      { objectId: "a", digest: "2", createdAt: 1, isOp: true },
      { objectId: "a", digest: "3", createdAt: 2, isOp: true },
      { objectId: "c", digest: "4", createdAt: 3, baseObjectClass: "Dataset", leafObjectClass: "Dataset" },
    ];
    for (const each of given) await store.createObject(object(each));
    expect(await list(store, {})).toEqual(["a:0", "a:1", "b:0", "c:0"]);
    expect(await list(store, { latestOnly: true })).toEqual(["a:1", "b:0", "c:0"]);
    expect(await list(store, { isOp: true })).toEqual(["a:0", "a:1"]);
    expect(await list(store, { isOp: false })).toEqual(["b:0", "c:0"]);
    expect(await list(store, { objectIds: ["c", "b", "none"] })).toEqual(["b:0", "c:0"]);
    expect(await list(store, { baseObjectClasses: ["Model"] })).toEqual(["b:0"]);
    expect(await list(store, { excludeBaseObjectClasses: ["Model"] })).toEqual(["a:0", "a:1", "c:0"]);
    expect(await list(store, { leafObjectClasses: ["Dataset"] })).toEqual(["c:0"]);
    expect(await list(store, { sort: [{ field: "object_id", direction: "desc" }] })).toEqual([
      "c:0",
      "b:0",
      "a:0",
      "a:1",
    ]);
    expect(await list(store, { limit: 2, offset: 1 })).toEqual(["a:1", "b:0"]);
    expect(await list(store, { limit: 0 })).toEqual([]);
    expect(await list(store, { projectId: "another" })).toEqual([]);
    const [found] = (await Array.fromAsync(store.queryObjects(objectQuery({ withValues: false })))).flat();
    expect(found?.json).toBeNull();
  });

  test("a table keeps the order of its rows, and each row once", async ({ store }) => {
    const rows = ["a", "b"].map((digest) => ({ digest, json: `{"is":"${digest}"}` }));
    const rowDigests = ["b", "a", "b"];
    await store.createTable({ projectId: PROJECT, digest: "t", rowDigests, rows });
    await store.createTable({ projectId: PROJECT, digest: "t", rowDigests, rows });
    await store.createTable({
      projectId: PROJECT,
      digest: "longer",
      rowDigests: [...rowDigests, "a"],
      rows: [],
    });
    expect(await readRows(store, {})).toEqual(["0b", "1a", "2b"]);
    expect(await readRows(store, { digest: "longer" })).toEqual(["0b", "1a", "2b", "3a"]);
    expect(await readRows(store, { limit: 1, offset: 1 })).toEqual(["1a"]);
    expect(await readRows(store, { rowDigests: ["b", "none"] })).toEqual(["0b", "2b"]);
    expect(await readRows(store, { rowDigests: ["b"], offset: 1 })).toEqual(["2b"]);
    expect(await readRows(store, { digest: "none" })).toEqual([]);
    expect(await store.countRows({ projectId: PROJECT, digest: "t" })).toBe(3);
    expect(await store.countRows({ projectId: PROJECT, digest: "none" })).toBeNull();
    const [row] = (await Array.fromAsync(store.queryRows(tableQuery({})))).flat();
    expect(row?.json).toBe('{"is":"b"}');
  });

  test("a table of a row that is not there is refused, and nothing of it stored", async ({ store }) => {
    const rows = [{ digest: "a", json: "{}" }];
    const draft = { projectId: PROJECT, digest: "t", rowDigests: ["a", "missing"], rows };
    await expect(store.createTable(draft)).rejects.toThrow(NotFoundError);
    await expect(store.createTable({ ...draft, rowDigests: ["a"], rows: [] })).rejects.toThrow(NotFoundError);
    expect(await store.countRows(draft)).toBeNull();
  });

  test("a table of many rows is read in pages", async ({ store }) => {
    const rows = Array.from({ length: 450 }, (_, index) => ({ digest: `${index}`, json: `{"i":${index}}` }));
    const rowDigests = rows.map(({ digest }) => digest);
    await store.createTable({ projectId: PROJECT, digest: "t", rowDigests, rows });
    expect(await readRows(store, {})).toEqual(rowDigests.map((digest) => digest + digest));
    expect(await readRows(store, { offset: 95, limit: 210 })).toHaveLength(210);
    expect(await readRows(store, { rowDigests, offset: 440 })).toHaveLength(10);
  });
}

interface ObjectChange {
  objectId: string;
  /** The value to publish. */
  digest: string;
  /** The versions to remove instead. */
  remove?: ObjectVersions["versions"];
}

const version = fc.constantFrom<ObjectKey["version"][]>("latest", 0, 1, 2, { digest: "a" }, { digest: "b" });

const objectChange: fc.Arbitrary<ObjectChange> = fc.record(
  {
    objectId: fc.constantFrom("x", "x", "y"),
    digest: fc.constantFrom("a", "b", "c"),
    remove: fc.option(fc.array(version, { maxLength: 2 }), { nil: null }),
  },
  { requiredKeys: ["objectId", "digest"] },
);

async function list(store: ObjectStore, given: Partial<ObjectQuery>): Promise<string[]> {
  const found = (await Array.fromAsync(store.queryObjects(objectQuery(given)))).flat();
  return found.map(({ objectId, versionIndex }) => `${objectId}:${versionIndex}`);
}

async function readRows(store: TableStore, given: Partial<TableQuery>): Promise<string[]> {
  const found = (await Array.fromAsync(store.queryRows(tableQuery(given)))).flat();
  return found.map(({ index, digest }) => `${index}${digest}`);
}
