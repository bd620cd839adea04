import fc from "fast-check";
import { expect } from "vitest";
import { parseLine, printLine } from "../../../src/cli/transfer/lines.ts";
import type { TransferEntry } from "../../../src/model/transfer.ts";
import type { Store } from "../../../src/store/store.ts";
import { callQuery } from "../call-builders.ts";
import { chatQuery, messageQuery, readChats, readMessages } from "../chat-builders.ts";
import { readEntries, readLines } from "../moving.ts";
import { createNaiveStore } from "../naive-store.ts";
import { readRecords, readStates } from "../reading.ts";
import { expectSameAnswers } from "../recompute.ts";
import { historyQuery, search } from "../record-builders.ts";
import { projectEntries } from "./arbitrary-entries.ts";
import { instant, type Operation, op, operation, RECORD_IDS } from "./arbitrary-records.ts";
import { change, inProject } from "./call-properties.ts";
import { chatOperation } from "./chat-properties.ts";
import { check, PROPERTY_TIMEOUT, projects } from "./check.ts";
import type { DefineTest } from "./describe-store.ts";

const digest = fc.constantFrom("a", "b", "c");

/** After every instant of an operation. */
const LATEST = 300_000_000;

/** Ways to change what the other doors do not. */
const otherOperation: fc.Arbitrary<Operation> = fc.oneof(
  op("writeCalls", fc.array(change, { minLength: 1, maxLength: 6 }), (changes, store, projectId) =>
    store.writeCalls(changes.map((each) => inProject(each, projectId))),
  ),
  op("rename", fc.constantFrom("", "name"), (displayName, store, projectId) =>
    store.writeCalls([{ kind: "rename", projectId, callId: "1", displayName }]),
  ),
  op(
    "deleteCalls",
    fc.record({ callId: fc.constantFrom("1", "3"), now: instant }),
    ({ callId, now }, store, projectId) => store.deleteCalls({ projectId, callIds: [callId], now }),
  ),
  op(
    "deleteObject",
    fc.record({ objectId: fc.constantFrom("x", "y"), version: fc.constantFrom(0, 1, "latest" as const) }),
    ({ objectId, version }, store, projectId) =>
      store.deleteObject({ projectId, objectId, versions: [version] }),
  ),
  op("deleteFeedback", fc.constantFrom("0", "1"), (id, store, projectId) =>
    store.deleteFeedback({ projectId, ids: [id] }),
  ),
  op(
    "createObject",
    fc.record({ objectId: fc.constantFrom("x", "y"), digest, createdAt: instant, isOp: fc.boolean() }),
    (given, store, projectId) =>
      store.createObject({
        ...given,
        projectId,
        json: `{"value": "${given.digest}"}`,
        userId: null,
        baseObjectClass: null,
        leafObjectClass: null,
      }),
  ),
  op(
    "createTable",
    fc.record({ digest, rowDigests: fc.array(digest, { maxLength: 3 }) }),
    (given, store, projectId) => {
      const rows = given.rowDigests.map((each) => ({ digest: each, json: `{"row":"${each}"}` }));
      return store.createTable({ ...given, projectId, rows });
    },
  ),
  op(
    "createFile",
    fc.record({ digest, pieces: fc.array(fc.uint8Array({ maxLength: 3 }), { maxLength: 2 }) }),
    (given, store, projectId) => store.createFile({ ...given, projectId }),
  ),
);

const operations = fc.array(fc.oneof(operation, chatOperation, otherOperation), {
  minLength: 1,
  maxLength: 14,
  size: "max",
});

/** What must hold of projects that move, whatever they hold. */
export function movePropertyTests(test: DefineTest): void {
  test(
    "after any operations, an export equals a recomputation, and makes an equal project elsewhere",
    async ({ store }) => {
      const nextProject = projects();
      await check(operations, async (done) => {
        const [from, to] = [nextProject(), nextProject()];
        const naive = createNaiveStore();
        for (const each of done) {
          await each.run(store, from).catch(() => {});
          await each.run(naive, from).catch(() => {});
        }
        // Reads do not tell whether a TTL has been seen to already, but an export does.
        for (const each of [store, naive]) await each.sweepExpired(LATEST, 1_000);
        const exported = await readLines(store, from);
        expect(exported).toEqual(await readLines(naive, from));

        const entries = await readEntries(naive, from);
        await store.importEntries(to, entries);
        const elsewhere = createNaiveStore();
        await elsewhere.importEntries(to, await readEntries(store, from));
        for (const copy of [store, elsewhere]) {
          expect(await readLines(copy, to)).toEqual(exported);
          await copy.importEntries(to, entries);
          expect(await readLines(copy, to)).toEqual(exported);
        }
        await expectSameAnswers(store, elsewhere, to, RECORD_IDS, LATEST);
        expect(await everything(store, to, LATEST)).toEqual(await everything(naive, from, LATEST));
      });
    },
    PROPERTY_TIMEOUT,
  );

  test(
    "any entries come back as they were, as lines too",
    async ({ store }) => {
      const nextProject = projects();
      await check(projectEntries, async (entries) => {
        const projectId = nextProject();
        const lines = entries.map(printLine);
        const read = lines.map((line) => parseLine(line) as TransferEntry);
        expect(read.map(printLine)).toEqual(lines);
        await store.importEntries(projectId, read);
        const exported = await readLines(store, projectId);
        expect(exported.toSorted()).toEqual(lines.toSorted());
        const naive = createNaiveStore();
        await naive.importEntries(projectId, entries);
        expect(exported).toEqual(await readLines(naive, projectId));
      });
    },
    PROPERTY_TIMEOUT,
  );
}

/** What a store says of a project's records, states, chats, messages and calls. */
async function everything(store: Store, projectId: string, now: number) {
  const query = search({ projectId, now, documents: ["metadata", "values", "interrupts"] });
  const { threads } = await readRecords(store, query);
  const ofThreads = threads.map(async ({ threadId }) => ({
    states: await readStates(store, historyQuery({ projectId, threadId, now })),
    messages: await readMessages(store, messageQuery({ projectId, threadId, now })),
  }));
  return {
    threads,
    ofThreads: await Promise.all(ofThreads),
    chats: await readChats(store, chatQuery({ projectId, now })),
    calls: (await Array.fromAsync(store.queryCalls(callQuery({ projectId, documents: true })))).flat(),
  };
}
