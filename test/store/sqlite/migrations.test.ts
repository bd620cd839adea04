import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "better-sqlite3";
import { expect, it, onTestFinished } from "vitest";
import { openForWriting } from "../../../src/store/sqlite/database.ts";
import { MIGRATIONS } from "../../../src/store/sqlite/migrations/index.ts";
import { recordPages } from "../../../src/store/sqlite/record-pages.ts";
import { search, uuid } from "../record-builders.ts";

it("threads of a file from before there were records are records", async () => {
  const folder = await mkdtemp(join(tmpdir(), "skein-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const file = join(folder, "skein.db");
  const old = new Database(file);
  old.exec(MIGRATIONS[0]!);
  old.pragma(`application_id = ${0x536b6569}`);
  old.pragma("user_version = 1");
  old.exec(`
    INSERT INTO project (id, project_id) VALUES (1, 'project');
    INSERT INTO thread (project, thread_id, span_count, turn_count, start_time, last_updated)
    VALUES (1, 'traced', 2, 1, 1000, 2000), (1, '${uuid(1)}', 1, 1, 3000, 4000), (1, 'claimed', 0, 0, NULL, NULL);
  `);
  old.close();

  const db = openForWriting(file, "relaxed");
  onTestFinished(() => {
    db.close();
  });
  const read = (given: Parameters<typeof search>[0]) => [...recordPages(db, search(given))][0]!;
  expect(read({})).toMatchObject({
    threads: [
      { threadId: uuid(1), createdAt: 3_000, updatedAt: 4_000 },
      { threadId: "traced", createdAt: 1_000, updatedAt: 2_000, stateUpdatedAt: 1_000 },
    ],
    total: 2,
  });
  expect(read({ uuidsOnly: true })).toMatchObject({ threads: [{ threadId: uuid(1) }], total: 1 });
});
