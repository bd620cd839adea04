import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "better-sqlite3";
import { expect, it, onTestFinished } from "vitest";
import type { CallEnd, CallQuery, CallStart } from "../../../src/model/calls/call.ts";
import { allBatches } from "../../../src/store/shared/cooperative-read.ts";
import { callPages } from "../../../src/store/sqlite/reads/calls/call-query.ts";
import { recordPages } from "../../../src/store/sqlite/reads/records/record-pages.ts";
import { CALL_QUERY } from "../../../src/store/sqlite/schema/009-call-query.ts";
import { NO_TRIGGERS } from "../../../src/store/sqlite/schema/013-no-triggers.ts";
import { MIGRATIONS } from "../../../src/store/sqlite/schema/index.ts";
import { openForWriting } from "../../../src/store/sqlite/writes/open-for-writing.ts";
import { createWriteCommands } from "../../../src/store/sqlite/writes/write-commands.ts";
import { callQuery, end, start } from "../call-builders.ts";
import { search, uuid } from "../record-builders.ts";
import { expectDerivedRows } from "./derived-rows.ts";

/** Makes a file as it was after some steps of the schema, with what SQL puts into it, and opens it as it is now. */
async function upgraded(steps: number, content: string): Promise<Database.Database> {
  const folder = await mkdtemp(join(tmpdir(), "skein-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const file = join(folder, "skein.db");
  const old = new Database(file);
  for (const step of MIGRATIONS.slice(0, steps)) old.exec(step);
  old.pragma(`application_id = ${0x536b6569}`);
  old.pragma(`user_version = ${steps}`);
  old.exec(content);
  old.close();
  const db = openForWriting(file, "relaxed");
  onTestFinished(() => {
    db.close();
  });
  return db;
}

it("threads of a file from before there were records are records", async () => {
  const db = await upgraded(
    1,
    `
    INSERT INTO project (id, project_id) VALUES (1, 'project');
    INSERT INTO thread (project, thread_id, span_count, turn_count, start_time, last_updated)
    VALUES (1, 'traced', 2, 1, 1000, 2000), (1, '${uuid(1)}', 1, 1, 3000, 4000), (1, 'claimed', 0, 0, NULL, NULL);
  `,
  );
  const read = (given: Parameters<typeof search>[0]) => recordPages(db, search(given)).next().value;
  expect(read({})).toMatchObject({
    threads: [
      { threadId: uuid(1), createdAt: 3_000, updatedAt: 4_000 },
      { threadId: "traced", createdAt: 1_000, updatedAt: 2_000, stateUpdatedAt: 1_000 },
    ],
    total: 2,
  });
  expect(read({ uuidsOnly: true })).toMatchObject({ threads: [{ threadId: uuid(1) }], total: 1 });
});

it("calls of a file from before refs were kept are found by theirs, and keep them", async () => {
  const deep = `{"inputs":{"r":${"[".repeat(1_500)}"weave:///deep"${"]".repeat(1_500)}}}`;
  const inputs = '{"inputs":{"a":["weave:///r:1","weave:///r:1"],"b":"no weave:///r:2","weave:///key":1}}';
  const db = await upgraded(
    MIGRATIONS.indexOf(CALL_QUERY),
    `
    INSERT INTO project (id, project_id) VALUES (1, 'project');
    INSERT INTO call (id, project, call_id, started_at, op_name) VALUES (1, 1, 'a', 1, 'op'), (2, 1, 'deep', 2, 'op'),
      (3, 1, 'end', NULL, NULL);
    INSERT INTO call_body (call, start_said, start, end_said, "end") VALUES
      (1, '${JSON.stringify(withoutRefs(start("a")))}', '${inputs}', NULL, NULL),
      (2, '${JSON.stringify(withoutRefs(start("deep")))}', '${deep}', NULL, NULL),
      (3, NULL, NULL, '${JSON.stringify(withoutRefs(end("end")))}', '{"output":"weave:///r:2"}');
  `,
  );
  const { writeCalls } = createWriteCommands(db);
  const found = (given: Partial<CallQuery>) =>
    allBatches(callPages(db, callQuery(given)))
      .flat()
      .map(({ callId }) => callId);
  expect(found({ inputRefs: ["weave:///r:*"] })).toEqual(["a"]);
  expect(found({ inputRefs: ["weave:///r:2", "weave:///key"] })).toEqual([]);
  writeCalls({
    changes: [
      { kind: "end", end: end("a") },
      { kind: "end", end: end("deep", { refs: ["weave:///late"] }) },
      { kind: "start", start: start("end") },
    ],
    now: null,
  });
  expect(found({ inputRefs: ["weave:///r:1"] })).toEqual(["a"]);
  expect(found({ outputRefs: ["weave:///r:2", "weave:///late"], opNames: ["op"] })).toEqual(["deep", "end"]);
});

it("a file whose rows triggers kept has none left, and its rows stay true", async () => {
  const db = await upgraded(
    MIGRATIONS.indexOf(NO_TRIGGERS),
    `
    INSERT INTO project (id, project_id) VALUES (1, 'project');
    INSERT INTO thread (id, project, thread_id) VALUES (1, 1, '${uuid(1)}'), (2, 1, 'chat'), (3, 1, 'claimed');
    UPDATE thread SET made_at = 1000, changed_at = 2000 WHERE id = 1;
    UPDATE thread SET made_at = 3000, changed_at = 3000, archived = 1, message_count = 2, message_tokens = 7 WHERE id = 2;
    INSERT INTO call (id, project, call_id, started_at, trace_id) VALUES (1, 1, 'call', 1, 'trace');
    INSERT INTO call_body (call) VALUES (1);
    INSERT INTO call_ref (call, project, side, ref) VALUES (1, 1, 0, 'weave:///ref');
  `,
  );
  expect(db.prepare("SELECT name FROM sqlite_schema WHERE type = 'trigger'").all()).toEqual([]);
  expectDerivedRows(db.name);
  const { patchThread, deleteThread, deleteCalls } = createWriteCommands(db);
  const given = { projectId: "project", metadata: null, ttl: null };
  patchThread({ ...given, threadId: uuid(1), status: "busy", now: 5_000 });
  deleteThread({ projectId: "project", threadId: "chat", now: 5_000 });
  expect(deleteCalls({ projectId: "project", callIds: ["call"], now: 5_000 })).toEqual(["call"]);
  expectDerivedRows(db.name);
  expect(recordPages(db, search({})).next().value).toMatchObject({
    threads: [{ threadId: uuid(1), createdAt: 1_000, updatedAt: 5_000, status: "busy" }],
    total: 1,
  });
});

/** What was kept of a half before its refs were. */
function withoutRefs({ json: _, refs: __, ...said }: CallStart | CallEnd) {
  return said;
}
