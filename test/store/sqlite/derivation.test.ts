import { rm } from "node:fs/promises";
import Database from "better-sqlite3";
import fc from "fast-check";
import { expect, it, onTestFinished } from "vitest";
import { TERM_RULES, TRACE_RULES } from "../../../src/model/base/rules-version.ts";
import type { SqliteOptions } from "../../../src/store/sqlite/engine/engine.ts";
import { CHAT } from "../../../src/store/sqlite/schema/006-chat.ts";
import type { Store } from "../../../src/store/store.ts";
import { span } from "../builders.ts";
import { end, start } from "../call-builders.ts";
import { messageQuery, readMessageIds, readMessages, readTurns, turnQuery } from "../chat-builders.ts";
import { readLines } from "../moving.ts";
import { readRecordIds } from "../reading.ts";
import { draft, filter, key, search, state, uuid } from "../record-builders.ts";
import type { Operation } from "../suite/arbitrary-records.ts";
import { check, PROPERTY_TIMEOUT } from "../suite/check.ts";
import { change, everything } from "../suite/transcript-properties.ts";
import { beginAgain, makeBehind, makeOlder, upgradeUnderived } from "./older-file.ts";
import { openTemporaryStore, type TemporaryStore } from "./open-store.ts";

async function temporaryStore(options: Partial<SqliteOptions> = {}): Promise<TemporaryStore> {
  const temporary = await openTemporaryStore(options);
  onTestFinished(temporary.close);
  return temporary;
}

/** What is in a store in a file from before there were transcripts. The store is opened again, that file is not yet. */
async function olderThan(
  now: TemporaryStore,
  options: Partial<SqliteOptions> = {},
): Promise<{ older: TemporaryStore; store: Store }> {
  const older = await temporaryStore(options);
  await older.store.close();
  await rm(older.file);
  await now.store.close();
  makeOlder(now.file, older.file, CHAT);
  return { older, store: await now.reopen() };
}

const said = (role: "user" | "assistant", text: string) => ({
  role,
  text,
  json: JSON.stringify({ role, text }),
});

it("turns, transcripts and chats of a file from before these were kept are as if it were written now", async () => {
  const now = await temporaryStore();
  await now.store.writeSpans([
    span({ spanId: "root", thread: "thread", agentName: "agent", messages: [said("user", "Where is it?")] }),
    span({
      spanId: "below",
      parentSpanId: "root",
      startedAt: 1_100,
      model: "model",
      inputTokens: 3,
      outputTokens: 4,
    }),
    span({
      traceId: "group",
      spanId: "a",
      thread: "thread",
      startedAt: 5_000,
      messages: [said("user", "And now?")],
    }),
    span({
      traceId: "group",
      spanId: "b",
      thread: "thread",
      startedAt: 6_000,
      messages: [said("assistant", "Here.")],
    }),
    span({ traceId: "late", spanId: "early", parentSpanId: "root", messages: [said("user", "Who?")] }),
  ]);
  await now.store.writeCalls([
    {
      kind: "start",
      start: start("call", {
        traceId: "call",
        threadId: "calls",
        turnId: "call",
        messages: [said("user", "Hm?")],
      }),
    },
    { kind: "end", end: end("call", { messages: [said("assistant", "Well.")], inputTokens: 1 }) },
  ]);
  await now.store.createThread(draft({ threadId: "graph" }));
  const asked = { id: "1", type: "human", content: "What is it?" };
  const answered = {
    id: "2",
    type: "ai",
    content: "A state.",
    usage_metadata: { input_tokens: 5, output_tokens: 6 },
  };
  for (const [index, messages] of [[asked], [answered], []].entries()) {
    const at = { threadId: "graph", now: 2_000_000 + index, checkpointId: uuid(index) };
    await now.store.setState(state([JSON.stringify({ messages })], at));
  }
  const { older, store } = await olderThan(now);
  const opened = await older.reopen();
  await older.derived();

  const ids = ["thread", "calls", "graph"];
  expect(await everything(opened, key().projectId, 0, ids)).toEqual(
    await everything(store, key().projectId, 0, ids),
  );
  expect(await readTurns(opened, turnQuery())).toMatchObject({
    turns: [
      { turnId: "root", agent: "agent", model: "model", spanCount: 2, inputTokens: 3 },
      { turnId: "a", spanCount: 2 },
    ],
  });
  expect(await readMessageIds(opened, messageQuery())).toEqual([
    "trace/root/user",
    "group/a/user",
    "group/a/assistant",
  ]);
  expect(await readMessages(opened, messageQuery({ threadId: "graph" }))).toMatchObject({
    messages: [
      { text: "What is it?", createdAt: 2_000_000 },
      { text: "A state.", createdAt: 2_000_001, outputTokens: 6 },
    ],
  });
  const late = span({ traceId: "late", spanId: "root", thread: "thread", startedAt: 500 });
  for (const each of [opened, store]) await each.writeSpans([late]);
  expect(await readMessages(opened, messageQuery())).toEqual(await readMessages(store, messageQuery()));
  expect(await readMessageIds(opened, messageQuery())).toContain("late/root/user");
});

it("spans of an older file that came into a turn after its upgrade tell of it, too", async () => {
  const now = await temporaryStore();
  const below = { parentSpanId: "root", agentName: "agent", messages: [said("user", "Who?")] };
  await now.store.writeSpans([span({ spanId: "below", ...below })]);
  const { older, store } = await olderThan(now);
  upgradeUnderived(older.file);
  const upgraded = await older.reopen();
  for (const each of [upgraded, store]) await each.writeSpans([span({ spanId: "root", thread: "thread" })]);
  await upgraded.close();
  makeBehind(older.file);
  const opened = await older.reopen();
  await older.derived();
  expect(await readMessageIds(opened, messageQuery())).toEqual(["trace/root/user"]);
  const { projectId } = key();
  expect(await everything(opened, projectId, 0, ["thread"])).toEqual(
    await everything(store, projectId, 0, ["thread"]),
  );
});

it("what broke off goes on from there, and what is complete is left as it is", async () => {
  const now = await temporaryStore();
  const spans = Array.from({ length: 450 }, (_, index) =>
    span({ traceId: `${index}`, thread: "thread", startedAt: index, messages: [said("user", `${index}`)] }),
  );
  await now.store.writeSpans(spans);
  await now.store.createThread(draft({ threadId: "graph" }));
  const values = JSON.stringify({ messages: [{ type: "human", content: "What is it?" }] });
  await now.store.setState(state([values], { threadId: "graph" }));
  const failed = Promise.withResolvers<string>();
  const { older, store } = await olderThan(now, { sliceMs: 0, warn: failed.resolve });
  upgradeUnderived(older.file);
  makeBehind(older.file);
  const db = new Database(older.file);
  onTestFinished(() => {
    db.close();
  });
  db.exec(`CREATE TRIGGER full BEFORE INSERT ON turn_summary WHEN new.turn_id = 'span' AND new.started_at = 430
    BEGIN SELECT raise(ABORT, 'the disk is full'); END`);
  const broken = await older.reopen();
  expect(await failed.promise).toContain("the disk is full");
  expect(await broken.derivations()).toEqual([{ part: "traces", rules: TRACE_RULES, percent: 95 }]);
  await broken.close();
  const rows = () =>
    ["turn_summary", "transcript", "message"].map((table) => db.prepare(`SELECT * FROM ${table}`).all());
  const [first] = rows();
  expect(first).toHaveLength(430);
  db.exec("DROP TRIGGER full; UPDATE turn_summary SET response_ms = -1");

  const opened = await older.reopen();
  await older.derived();
  expect(rows()[0]!.slice(0, 430), "was not done again").toMatchObject(
    first!.map(() => ({ response_ms: -1 })),
  );
  db.exec(
    "UPDATE turn_summary SET response_ms = (SELECT duration_ms FROM turn WHERE turn.id = turn_summary.id)",
  );
  const ids = ["thread", "graph"];
  const { projectId } = key();
  expect(await everything(opened, projectId, 0, ids)).toEqual(await everything(store, projectId, 0, ids));
  expect(await opened.derivations()).toEqual([]);

  await opened.close();
  beginAgain(older.file);
  for (const table of ["trace", "span", "turn_summary", "transcript", "message", "thread"]) {
    for (const change of ["INSERT", "UPDATE", "DELETE"]) {
      db.exec(`CREATE TRIGGER ${change}_${table} BEFORE ${change} ON ${table}
        BEGIN SELECT raise(ABORT, 'is complete'); END`);
    }
  }
  const complete = await older.reopen();
  await older.derived();
  expect(await complete.derivations()).toEqual([]);
});

it("an index that is not complete is not used, and is complete when it is built", async () => {
  const warned = Promise.withResolvers<string>();
  const older = await temporaryStore({ warn: warned.resolve });
  const owner = (name: string) => JSON.stringify({ owner: name });
  for (const [index, name] of ["ann", "ben", "ann"].entries()) {
    await older.store.createThread(draft({ threadId: `${index}`, metadata: owner(name) }));
  }
  await older.store.close();
  const db = new Database(older.file);
  onTestFinished(() => {
    db.close();
  });
  const terms = () => db.prepare("SELECT * FROM record_term").all();
  const complete = terms();
  // What other rules would have made, and what keeps it from being cleared.
  db.exec(`UPDATE record_term SET term = term + 1;
    CREATE TRIGGER full BEFORE DELETE ON record_term BEGIN SELECT raise(ABORT, 'the disk is full'); END`);
  beginAgain(older.file, ["terms"]);
  const store = await older.reopen();
  await warned.promise;
  expect(await store.derivations()).toEqual([{ part: "terms", rules: TERM_RULES, percent: 0 }]);
  const foundIn = (of: Store, name: string) => readRecordIds(of, search({ metadata: owner(name) }));
  expect(await foundIn(store, "ann")).toEqual(["0", "2"]);
  await store.createThread(draft({ threadId: "3", metadata: owner("ann") }));
  expect(await foundIn(store, "ann")).toEqual(["0", "2", "3"]);
  expect(await store.countThreads(filter({ metadata: owner("ben") }))).toBe(1);

  await store.close();
  db.exec("DROP TRIGGER full");
  const opened = await older.reopen();
  await older.derived();
  expect(await opened.derivations()).toEqual([]);
  expect(terms()).toHaveLength(complete.length + 1);
  expect(terms()).toEqual(expect.arrayContaining(complete));
  expect(await foundIn(opened, "ann")).toEqual(["0", "2", "3"]);
});

/** Operations whose states all stay: of those that go, an older file does not know when their messages came. */
const kept = change.filter(({ name, input }) => {
  const { ttl } = { ttl: null, ...(input as { ttl?: { strategy: string } | null }) };
  return name !== "pruneThreads" && ttl?.strategy !== "keep_latest";
});
const before = kept.filter(({ name }) => name !== "appendMessages");
const operations = (each: fc.Arbitrary<Operation>, maxLength: number) =>
  fc.array(each, { maxLength, size: "max" });

it("turns of a trace in several threads that are derived again are each as they were", async () => {
  const temporary = await temporaryStore();
  const { store } = temporary;
  // In the other order than that of their ids, in which they are derived again: their turns swap their rows.
  await store.writeSpans([span({ spanId: "2", thread: "a", messages: [said("user", "Who?")] })]);
  await store.writeSpans([
    span({ spanId: "1", thread: "b", inputTokens: 3, messages: [said("user", "Why?")] }),
  ]);
  const { projectId } = key();
  const before = await everything(store, projectId, 0, ["a", "b"]);
  await store.close();
  makeBehind(temporary.file);
  const opened = await temporary.reopen();
  await temporary.derived();
  expect(await everything(opened, projectId, 0, ["a", "b"])).toEqual(before);
});

it(
  "whatever comes to an older file before it is derived again is as if all were written now",
  async () => {
    const projects = fc.array(fc.tuple(operations(before, 10), operations(kept, 4)), {
      minLength: 10,
      maxLength: 10,
    });
    await check(
      projects,
      async (done) => {
        const now = await temporaryStore();
        const run = async (store: Store, part: 0 | 1) => {
          for (const [index, parts] of done.entries()) await runAll(parts[part], store, `project ${index}`);
        };
        await run(now.store, 0);
        const { older, store } = await olderThan(now);
        upgradeUnderived(older.file, "behind");
        await run(await older.reopen(), 1);
        await run(store, 1);
        await older.store.close();
        beginAgain(older.file);
        const opened = await older.reopen();
        await older.derived();
        for (const projectId of done.keys().map((index) => `project ${index}`)) {
          expect(await everything(opened, projectId, 0)).toEqual(await everything(store, projectId, 0));
          expect(await readLines(opened, projectId)).toEqual(await readLines(store, projectId));
        }
        await Promise.all([now.close(), older.close()]);
      },
      25,
    );
  },
  PROPERTY_TIMEOUT,
);

async function runAll(operations: Operation[], store: Store, projectId: string): Promise<void> {
  for (const { run } of operations) await run(store, projectId).catch(() => {});
}
