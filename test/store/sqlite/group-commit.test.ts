import { beforeEach, expect, onTestFinished, test } from "vitest";
import type { Database } from "../../../src/store/sqlite/connection/database.ts";
import { createGroupCommit } from "../../../src/store/sqlite/workers/group-commit.ts";
import { openForWriting } from "../../../src/store/sqlite/writes/open-for-writing.ts";

let db: Database;

beforeEach(() => {
  db = openForWriting(":memory:", "relaxed");
  onTestFinished(() => void db.close());
});

/** A write that adds a project, and then does what else is given. */
function addProject(name: string, then = () => {}): () => number {
  return () => {
    const { lastInsertRowid } = db.prepare("INSERT INTO project (project_id) VALUES (?)").run(name);
    then();
    return Number(lastInsertRowid);
  };
}

function projects(): unknown[] {
  return db.prepare("SELECT project_id FROM project ORDER BY id").pluck().all();
}

test("writes that wait together share a transaction, and one that fails takes nothing of the others with it", async () => {
  const { write: commit } = createGroupCommit(db);
  let transactions = 0;
  const countTransaction = () => {
    if (projects().length === 1) transactions += 1;
  };
  const settled = await Promise.allSettled([
    commit(addProject("first", countTransaction)),
    commit(
      addProject("bad", () => {
        throw new RangeError("no such project");
      }),
    ),
    commit(addProject("last", () => expect(db.inTransaction).toBe(true))),
  ]);
  expect(settled).toMatchObject([
    { status: "fulfilled", value: 1 },
    { status: "rejected", reason: new RangeError("no such project") },
    { status: "fulfilled", value: 2 },
  ]);
  expect(projects()).toEqual(["first", "last"]);
  // Once with all of them, and once more without the bad one.
  expect(transactions).toBe(2);
});

test("a write that fails alone changes nothing, and what comes after it is written", async () => {
  const { write: commit } = createGroupCommit(db);
  const fail = () => {
    throw new RangeError("no such project");
  };
  await expect(commit(addProject("bad", fail))).rejects.toThrow("no such project");
  await expect(commit(addProject("next"))).resolves.toBe(1);
  expect(projects()).toEqual(["next"]);
});

test("an error of SQLite's that ends the transaction fails everything that waits", async () => {
  const { write: commit } = createGroupCommit(db);
  const settled = await Promise.allSettled([
    commit(addProject("first")),
    commit(
      addProject(
        "second",
        () => void db.prepare("INSERT OR ROLLBACK INTO project VALUES (1, 'first')").run(),
      ),
    ),
    commit(addProject("third")),
  ]);
  expect(settled.map(({ status }) => status)).toEqual(["rejected", "rejected", "rejected"]);
  expect(projects()).toEqual([]);
});

test("other work waits until no write does, and is done in a transaction of its own", async () => {
  const { write, whenIdle } = createGroupCommit(db);
  const idle = whenIdle(addProject("idle", () => expect(projects()).toEqual(["first", "then", "idle"])));
  const then = write(addProject("first")).then(() => write(addProject("then")));
  await Promise.all([idle, then]);
  expect(projects()).toEqual(["first", "then", "idle"]);
});

test("other work that fails changes nothing, and what waits after it is done", async () => {
  const { write, whenIdle } = createGroupCommit(db);
  const bad = whenIdle(
    addProject("bad", () => {
      throw new RangeError("no such work");
    }),
  );
  const next = whenIdle(addProject("next"));
  await expect(bad).rejects.toThrow("no such work");
  await next;
  await write(addProject("last"));
  expect(projects()).toEqual(["next", "last"]);
});
