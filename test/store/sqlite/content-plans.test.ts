import type Database from "better-sqlite3";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ObjectKey, ObjectQuery } from "../../../src/model/content/content.ts";
import {
  countTableRows,
  findFile,
  readPiece,
  tableRowPages,
} from "../../../src/store/sqlite/reads/content/content-reads.ts";
import {
  foundObjectPages,
  objectPages,
  readObject,
} from "../../../src/store/sqlite/reads/content/object-reads.ts";
import { createWriteCommands } from "../../../src/store/sqlite/writes/write-commands.ts";
import { PROJECT } from "../builders.ts";
import { object, objectQuery, tableQuery } from "../content-builders.ts";
import { openTemporaryStore, type TemporaryStore } from "../temporary-store.ts";
import { plansOf } from "./plans.ts";

let temporary: TemporaryStore;

beforeAll(async () => {
  temporary = await openTemporaryStore();
  const { store } = temporary;
  for (const digest of ["a", "b", "c"]) {
    for (const objectId of ["one", "two"]) await store.createObject(object({ objectId, digest }));
  }
  const rows = [{ digest: "row", json: "{}" }];
  await store.createFile({ projectId: PROJECT, digest: "file", pieces: [Buffer.from("bytes")] });
  await store.createTable({ projectId: PROJECT, digest: "t", rowDigests: ["row", "a", "row"], rows });
});
afterAll(() => temporary.close());

/** The plans of what a read runs, but for that of its project. */
function plans(read: (db: Database.Database) => Iterable<unknown>): string[] {
  const all = plansOf(temporary.file, read).filter((plan) => !plan.startsWith("SEARCH project "));
  return [...new Set(all)];
}

/** A walk over a whole table or index; not over what was asked for. */
const SCAN = /SCAN (?!json_each|wanted)/;

const BY_ROW = "SEARCH v USING INTEGER PRIMARY KEY (rowid=?)";
const VALUE = "SEARCH d USING INTEGER PRIMARY KEY (rowid=?)";

describe("a version of an object", () => {
  it.each<[ObjectKey["version"], string[]]>([
    ["latest", ["SEARCH v USING COVERING INDEX latest_object (project=? AND object_id=?)"]],
    [
      1,
      ["SEARCH v USING COVERING INDEX object_version_by_key (project=? AND object_id=? AND version_index=?)"],
    ],
    [
      { digest: "a" },
      [
        "SEARCH v USING COVERING INDEX object_version_by_document (project=? AND object_id=? AND document=?)",
        "CORRELATED SCALAR SUBQUERY 1",
        "SEARCH d USING COVERING INDEX document_by_key (project=? AND digest=?)",
      ],
    ],
  ])("%j is looked up", (version, expected) => {
    const key = { projectId: PROJECT, objectId: "one", version };
    const lookedUp = [...expected, BY_ROW, VALUE];
    expect(plans((db) => [readObject(db, key)])).toEqual(lookedUp);
    expect(plans((db) => foundObjectPages(db, [key, { ...key, objectId: "two" }]))).toEqual(lookedUp);
  });
});

describe("versions of objects", () => {
  const created = (direction: "asc" | "desc") => [{ field: "created_at" as const, direction }];
  const named = (direction: "asc" | "desc") => [{ field: "object_id" as const, direction }];

  it.each<[string, Partial<ObjectQuery>, string, string | null]>([
    ["by creation", {}, "object_version_by_created_at (project=?)", null],
    [
      "by creation, the newest first",
      { sort: created("desc") },
      "object_version_by_created_at (project=?)",
      "LAST 2 TERMS OF",
    ],
    ["by name", { sort: named("asc") }, "object_version_by_key (project=?)", null],
    ["by name, the last first", { sort: named("desc") }, "object_version_by_key (project=?)", "LAST TERM OF"],
    ["of some names", { objectIds: ["one"] }, "object_version_by_key (project=? AND object_id=?)", ""],
    ["the latest of each name", { latestOnly: true }, "latest_object (project=?)", ""],
    [
      "the latest of some names",
      { latestOnly: true, objectIds: ["one"], sort: created("desc") },
      "latest_object (project=? AND object_id=?)",
      "",
    ],
  ])("%s are found by index, and sorted no further than they must be", (_order, given, index, sorts) => {
    const found = plans((db) => objectPages(db, objectQuery({ limit: 2, ...given })));
    expect(found.filter((plan) => SCAN.test(plan))).toEqual([]);
    expect(found.filter((plan) => /^SEARCH v USING .*INDEX/.test(plan))).toEqual([
      expect.stringContaining(index),
    ]);
    const term = sorts === null ? [] : [`USE TEMP B-TREE FOR ${sorts ? `${sorts} ` : ""}ORDER BY`];
    expect(found.filter((plan) => /TEMP B-TREE/.test(plan))).toEqual(term);
  });
});

describe("tables", () => {
  const TABLE = /^SEARCH data_table USING (COVERING )?INDEX data_table_by_key \(project=\? AND digest=\?\)$/;
  const ROWS = "SEARCH r USING PRIMARY KEY (data_table=? AND position>?)";

  it("are counted by a look-up", () => {
    const key = { projectId: PROJECT, digest: "t" };
    expect(plans((db) => [countTableRows(db, key)])).toEqual([expect.stringMatching(TABLE)]);
  });

  it("are read from the offset on", () => {
    expect(plans((db) => tableRowPages(db, tableQuery({ offset: 1, limit: 1 })))).toEqual([
      expect.stringMatching(TABLE),
      ROWS,
      VALUE,
    ]);
  });

  it("are searched for rows by what the rows are called, without a look at the others' values", () => {
    const found = plans((db) => tableRowPages(db, tableQuery({ rowDigests: ["row"] })));
    expect(found).toContain("SEARCH document USING COVERING INDEX document_by_key (project=? AND digest=?)");
    expect(found).toContain(ROWS);
    expect(found.filter((plan) => SCAN.test(plan) || /TEMP B-TREE/.test(plan))).toEqual([]);
  });
});

it("a file and its pieces are looked up", () => {
  const key = { projectId: PROJECT, digest: "file" };
  expect(plans((db) => [readPiece(db, findFile(db, key)!, 0)])).toEqual([
    "SEARCH file USING COVERING INDEX file_by_key (project=? AND digest=?)",
    "SEARCH file_piece USING INDEX file_piece_by_key (file=? AND position=?)",
  ]);
});

it("what is written is looked up, too", () => {
  const write = (db: Database.Database) => {
    const commands = createWriteCommands(db);
    db.exec("BEGIN");
    commands.createFile({ projectId: PROJECT, digest: "new", pieces: [Buffer.from("x")] });
    commands.createObject(object({ objectId: "one", digest: "d" }));
    commands.createTable({ projectId: PROJECT, digest: "u", rowDigests: ["row"], rows: [] });
    commands.deleteObject({ projectId: PROJECT, objectId: "one", versions: ["latest"] });
    commands.deleteObject({ projectId: PROJECT, objectId: "one", versions: null });
    commands.deleteFeedback({ projectId: PROJECT, ids: ["a", "b"] });
    db.exec("ROLLBACK");
    return [];
  };
  const found = plans(write);
  expect(found).toContainEqual(expect.stringContaining("latest_object"));
  expect(found.filter((plan) => SCAN.test(plan) && plan !== "SCAN CONSTANT ROW")).toEqual([]);
});
