import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import type { Derivation } from "../../../src/store/roles/derivation.ts";
import { AGENT_LEVEL } from "../../../src/store/sqlite/schema/014-agent-level.ts";
import { MIGRATIONS } from "../../../src/store/sqlite/schema/index.ts";
import type { Store } from "../../../src/store/store.ts";
import { feedbackQuery, PROJECT, span } from "../builders.ts";
import { callQuery } from "../call-builders.ts";
import { readEntries, readLines } from "../moving.ts";
import { createNaiveStore } from "../naive-store.ts";
import { readRecords, readThread } from "../reading.ts";
import { expectSameAnswers } from "../recompute.ts";
import { search, uuid } from "../record-builders.ts";
import { everything } from "../suite/transcript-properties.ts";
import { openStoreAt, openTemporaryStore, type TemporaryStore } from "./open-store.ts";

const FILES = join(import.meta.dirname, "../../fixtures/files");

/** The threads in the files, of which each has those that its schema knew. */
const THREADS = ["thread", "other", "graph", uuid(1), uuid(2), "calls", "chat"];

/** Rows derived before the process is killed: some of the threads', or the traces', but never all. */
const ROWS = 3;

let fresh: TemporaryStore;
beforeAll(async () => {
  fresh = await openTemporaryStore();
});
afterAll(() => fresh.close());

test("there is a file of each schema before that of today", () => {
  const files = readdirSync(FILES).filter((name) => name.endsWith(".db.gz"));
  expect(files).toHaveLength(MIGRATIONS.length - 1);
});

test.each(Array.from({ length: MIGRATIONS.length - 1 }, (_, index) => index + 1))(
  "a file of schema %i answers as its export would anew, though the process was killed while it was derived again",
  async (schema) => {
    const file = fileOf(schema);
    const left = await deriveAndKill(file, ROWS);
    expect(left).toContainEqual(expect.objectContaining({ part: "traces" }));

    const { store, told, derived } = await openStoreAt(file);
    onTestFinished(() => store.close());
    expect(told[0], "goes on where it was").toEqual(left);
    await derived;
    expect(await store.derivations()).toEqual([]);

    const lines = await readLines(store, PROJECT);
    expect(lines.length).toBeGreaterThan(5);
    const projectId = `schema ${schema}`;
    const entries = await readEntries(store, PROJECT);
    const naive = createNaiveStore();
    await naive.importEntries(PROJECT, entries);
    await expectSame(store, naive);
    await fresh.store.importEntries(projectId, entries);
    expect(lines).toEqual(await readLines(fresh.store, projectId));
    expect(await chats(store, PROJECT)).toEqual(await chats(fresh.store, projectId));
  },
);

test("a file whose spans do not say whether they are agent-level answers as it did", async () => {
  const schema = MIGRATIONS.indexOf(AGENT_LEVEL);
  const { store, derived } = await openStoreAt(fileOf(schema));
  onTestFinished(() => store.close());
  await derived;
  const naive = createNaiveStore();
  const entries = await readEntries(store, PROJECT);
  await naive.importEntries(PROJECT, entries);
  await expectSame(store, naive);

  // What comes now is put beside rows that are as they were.
  const late = entries.flatMap((entry) => {
    if (entry.kind !== "span" || !entry.traceId.startsWith("agents")) return [];
    const { traceId, operationName, threadClaim } = entry;
    return entry.spanId === "2" ? [span({ traceId, spanId: "late", operationName, threadClaim })] : [];
  });
  expect(late).toHaveLength(11);
  for (const each of [store, naive]) await each.writeSpans(late);
  await expectSame(store, naive);
  expect(await readThread(store, "thread")).toMatchObject({ turnCount: 14 });

  const projectId = `schema ${schema}`;
  await fresh.store.importEntries(projectId, await readEntries(store, PROJECT));
  expect(await readLines(store, PROJECT)).toEqual(await readLines(fresh.store, projectId));
  expect(await chats(store, PROJECT)).toEqual(await chats(fresh.store, projectId));
});

/** The file of a schema, as one to write to. */
function fileOf(schema: number): string {
  const folder = mkdtempSync(join(tmpdir(), "skein-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, "skein.db");
  const name = `schema-${String(schema).padStart(2, "0")}.db.gz`;
  writeFileSync(file, gunzipSync(readFileSync(join(FILES, name))));
  return file;
}

/** Has a process derive so many rows of a file, and kills it there; returns what was left. */
async function deriveAndKill(file: string, rows: number): Promise<Derivation[]> {
  const child = fork(join(import.meta.dirname, "derive-child.ts"), [file, String(rows)]);
  onTestFinished(() => void child.kill("SIGKILL"));
  const [left] = (await once(child, "message")) as [Derivation[]];
  const exit = once(child, "exit");
  child.kill("SIGKILL");
  await exit;
  return left;
}

async function expectSame(store: Store, expected: Store): Promise<void> {
  await expectSameAnswers(store, expected, PROJECT, THREADS);
  expect(await chats(store, PROJECT)).toEqual(await chats(expected, PROJECT));
  for (const query of [search(), search({ metadata: '{"owner":"ann"}' }), search({ values: '{"step":3}' })]) {
    const documents = { documents: ["metadata", "values", "interrupts"] as const };
    expect(await readRecords(store, { ...query, ...documents })).toEqual(
      await readRecords(expected, { ...query, ...documents }),
    );
  }
  const calls = async (of: Store) => (await Array.fromAsync(of.queryCalls(callQuery()))).flat();
  expect(await calls(store)).toEqual(await calls(expected));
  const given = async (of: Store) => (await Array.fromAsync(of.queryFeedback(feedbackQuery()))).flat();
  expect(await given(store)).toEqual(await given(expected));
}

function chats(store: Store, projectId: string) {
  return everything(store, projectId, 0, THREADS);
}
