import Database from "better-sqlite3";
import { expect, it, onTestFinished } from "vitest";
import { MIGRATIONS } from "../../../src/store/sqlite/schema/index.ts";
import { createThreadRows } from "../../../src/store/sqlite/tables/row-ids.ts";
import { createStoredThreads, NEW_THREAD } from "../../../src/store/sqlite/tables/thread-rows.ts";

/** A file with one thread of which nothing is known yet, of row 1. */
function open(): Database.Database {
  const db = new Database(":memory:");
  onTestFinished(() => {
    db.close();
  });
  for (const step of MIGRATIONS) db.exec(step);
  expect(createThreadRows(db)(1, "thread")).toBe(1);
  return db;
}

it("all columns of a thread are read and written, and a new thread has in them what it has to", () => {
  const db = open();
  const { id_kind, ...row } = createStoredThreads(db).at(1)!;
  const columns = db.prepare<[], string>("SELECT name FROM pragma_table_info('thread')").pluck().all();
  expect([...Object.keys(row), "listed"].sort()).toEqual(columns.sort());
  expect(id_kind).toBeNull();
  expect(row).toMatchObject(NEW_THREAD);
});

it("a write sets no column of an index whose value stays", () => {
  const db = open();
  const indexes = db
    .prepare<[], string>(
      "SELECT sql FROM sqlite_schema WHERE type = 'index' AND tbl_name = 'thread' AND sql > ''",
    )
    .pluck()
    .all();
  // What a generated column is made of stands for it.
  const text = indexes.join(" ").replaceAll("active_at", "last_message_at, created_at");
  const indexed = new Set(text.match(/\w+/g));
  const prepared: string[] = [];
  const prepare: (sql: string) => unknown = db.prepare.bind(db);
  db.prepare = ((sql: string) => {
    prepared.push(sql);
    return prepare(sql);
  }) as typeof db.prepare;
  const threads = createStoredThreads(db);
  const columnsSet = () => /SET (.*) WHERE/.exec(prepared.at(-1)!)![1]!.match(/\w+(?= = )/g)!;

  const before = threads.at(1)!;
  threads.write(before, { head: 7 });
  expect(columnsSet()).toContain("head");
  expect(columnsSet().filter((column) => indexed.has(column))).toEqual([]);
  const changed = threads.at(1)!;
  threads.write(changed, { status: 0 });
  expect(columnsSet().filter((column) => indexed.has(column))).toEqual(["status"]);
});
