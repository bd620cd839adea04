import { expect } from "vitest";
import { InvalidRequestError } from "../../../src/model/base/errors.ts";
import type { EntryOf, TransferEntry } from "../../../src/model/transfer.ts";
import { NotFoundError, StoreUnavailableError } from "../../../src/store/errors.ts";
import type { Store } from "../../../src/store/store.ts";
import { feedback, PROJECT, span } from "../builders.ts";
import { end, readCalls, start } from "../call-builders.ts";
import { append, message } from "../chat-builders.ts";
import { makeKey } from "../make-key.ts";
import { readEntries, readLines } from "../moving.ts";
import { readThread } from "../reading.ts";
import { draft, key, patch, state, stateQuery, uuid } from "../record-builders.ts";
import type { DefineTest } from "./describe-store.ts";

/** More than any batch holds. */
const MANY = 2_500;
const manySpans = Array.from({ length: MANY }, (_, index) =>
  span({ traceId: `${index}`, thread: `${index}` }),
);

/** What a project gives out and takes in. */
export function moveTests(test: DefineTest): void {
  test("a project that is not there holds nothing; those that are there are listed", async ({ store }) => {
    expect(await Array.fromAsync(store.exportProject("none"))).toEqual([{ entries: [], total: 0 }]);
    expect(await store.listProjects()).toEqual([]);
    for (const projectId of ["b", "\u{1F600}", "\uFF5E", "a/b"]) {
      await store.createFile({ projectId, digest: "d", pieces: [] });
    }
    await store.writeSpans([span({ projectId: "c", thread: "thread" }), span({ projectId: "d" })]);
    await store.createThread(draft({ projectId: "e" }));
    for (const projectId of ["c", "e"]) await store.deleteThread(key({ projectId }));
    expect(await store.listProjects()).toEqual(["a/b", "b", "d", "\uFF5E", "\u{1F600}"]);
  });

  test("an export holds what was written and no keys, and of one project only", async ({ store }) => {
    await fill(store);
    await makeKey(store);
    await store.createThread(draft({ projectId: "another" }));
    const entries = await readEntries(store, PROJECT);
    const expected = ["span", "call", "call", "feedback", "thread", "checkpoint", "message"];
    const content = ["document", "document", "object", "object", "table", "file", "file"];
    expect(entries.map(({ kind }) => kind)).toEqual([...expected, ...content]);
    expect(entries.find(({ kind }) => kind === "thread")).toMatchObject({
      madeAt: key().now,
      ttl: { strategy: "delete", minutes: 1.5, expiresAt: key().now + 90_000_000 },
      metadata: '{"n": 1.0}',
    });
  });

  test("what is there stays as it is, and what is missing is added", async ({ store }) => {
    const other = "another";
    await fill(store);
    const entries = await readEntries(store, PROJECT);
    await store.createThread(draft({ projectId: other, metadata: '{"mine":1}' }));
    await store.setState(state(['{"a":"mine"}'], { projectId: other, checkpointId: uuid(9) }));
    await store.appendMessages(append([message({ messageId: "mine" })], { projectId: other }));
    await store.writeCalls([
      { kind: "end", end: end("whole", { projectId: other, json: '{"mine":1}' }) },
      { kind: "rename", projectId: other, callId: "half", displayName: "mine" },
    ]);
    await store.createObject(object({ projectId: other, digest: "mine", json: '"mine"' }));
    await store.createFeedback(feedback({ projectId: other, creator: "mine" }));

    await store.importEntries(other, entries);
    const moved = await readEntries(store, other);
    const of = <Kind extends TransferEntry["kind"]>(kind: Kind) =>
      moved.filter((entry): entry is EntryOf<Kind> => entry.kind === kind);
    expect(of("thread").map(({ metadata, ttl }) => [metadata, ttl])).toEqual([['{"mine":1}', null]]);
    expect(of("checkpoint").map(({ checkpointId }) => checkpointId)).toEqual([uuid(1), uuid(9)]);
    expect((await store.getState(stateQuery({ projectId: other })))?.values).toBe('{"a":"mine"}');
    expect(of("message").map(({ messageId }) => messageId)).toEqual(["mine", "m1"]);
    expect(of("feedback").map(({ creator }) => creator)).toEqual(["mine"]);
    expect(of("object").map(({ versionIndex, digest }) => [versionIndex, digest])).toEqual([
      [0, "mine"],
      [1, "a"],
      [2, "b"],
    ]);
    const latest = await store.getObject({ projectId: other, objectId: "name", version: "latest" });
    expect(latest).toMatchObject({ versionIndex: 2, isLatest: true });
    expect(await readCalls(store, { projectId: other, documents: true })).toMatchObject([
      { callId: "half", displayName: "mine", endedAt: null },
      { callId: "whole", start: start("whole").json, end: '{"mine":1}' },
    ]);

    const lines = await readLines(store, other);
    await store.importEntries(other, entries);
    expect(await readLines(store, other)).toEqual(lines);
  });

  test("a span that is there gives way to a version that wins, and to no other", async ({ store }) => {
    const late = span({ name: "late", endedAt: 9_000, thread: "t" });
    const early = span({ name: "early", endedAt: 5_000, thread: "t" });
    await store.writeSpans([early, { ...late, projectId: "late" }]);
    const [earlyEntries, lateEntries] = [await readEntries(store, PROJECT), await readEntries(store, "late")];
    for (const entries of [lateEntries, earlyEntries]) await store.importEntries(PROJECT, entries);
    expect(await readEntries(store, PROJECT)).toMatchObject([{ name: "late" }]);
    expect(await readThread(store, "t")).toMatchObject({ turnCount: 1, lastUpdated: 9_000 });
  });

  test("what names something that is missing is refused, and nothing of its batch is stored", async ({
    store,
  }) => {
    await fill(store);
    const entries = await readEntries(store, PROJECT);
    const without = (...kinds: TransferEntry["kind"][]) =>
      entries.filter(({ kind }) => !kinds.includes(kind));
    for (const broken of [
      without("thread", "message"),
      without("thread", "checkpoint"),
      without("document"),
    ]) {
      await expect(store.importEntries("broken", broken)).rejects.toThrow(NotFoundError);
    }
    const [first, ...rest] = entries.filter(({ kind }) => kind === "file");
    expect(first).toMatchObject({ continues: true });
    for (const broken of [[first!], [{ ...first!, digest: "x" } as TransferEntry, ...rest]]) {
      await expect(store.importEntries("broken", [...without("file"), ...broken])).rejects.toThrow(
        InvalidRequestError,
      );
    }
    expect(await readEntries(store, "broken")).toEqual([]);
    await store.importEntries("broken", entries);
    expect(await readLines(store, "broken")).toEqual(await readLines(store, PROJECT));
  });

  test("many spans come in batches of bounded size, of one snapshot", async ({ store }) => {
    await store.writeSpans(manySpans);
    const before = await readLines(store, PROJECT);
    expect(before).toHaveLength(MANY);
    const iterator = store.exportProject(PROJECT)[Symbol.asyncIterator]();
    const seen: TransferEntry[] = [];
    for (let next = await iterator.next(); !next.done; next = await iterator.next()) {
      if (seen.length === 0)
        await store.writeSpans([span({ traceId: "zzz" }), span({ traceId: "0", name: "x" })]);
      expect(next.value.total).toBe(MANY);
      seen.push(...next.value.entries);
    }
    expect(seen).toHaveLength(MANY);
    expect(await readLines(store, PROJECT)).toHaveLength(MANY + 1);
    const kept = seen.filter((entry) => entry.kind === "span" && entry.name !== "name");
    expect(kept).toEqual([]);
  });

  test("a long table and a file of many pieces come in stretches, and are one again", async ({ store }) => {
    const rows = manySpans.map((_, index) => ({ digest: `d${index}`, json: `{"n":${index}}` }));
    const rowDigests = rows.map(({ digest }) => digest).toReversed();
    await store.createTable({ projectId: PROJECT, digest: "t", rows, rowDigests });
    await store.createTable({ projectId: PROJECT, digest: "none", rows: [], rowDigests: [] });
    const pieces = [new Uint8Array(300_000).fill(1), new Uint8Array(0), new Uint8Array(300_000).fill(2)];
    await store.createFile({ projectId: PROJECT, digest: "f", pieces });
    await store.createFile({ projectId: PROJECT, digest: "none", pieces: [] });
    const entries = await readEntries(store, PROJECT);
    for (const entry of entries) {
      if (entry.kind === "table") expect(entry.rowDigests.length).toBeLessThanOrEqual(1_000);
      if (entry.kind === "file") expect(entry.pieces.length).toBeLessThanOrEqual(1);
    }
    await store.importEntries("copy", entries);
    expect(await store.countRows({ projectId: "copy", digest: "t" })).toBe(MANY);
    expect(await store.countRows({ projectId: "copy", digest: "none" })).toBe(0);
    const read = await Array.fromAsync(store.readFile({ projectId: "copy", digest: "f" }));
    expect(read.map(({ length }) => length)).toEqual([300_000, 0, 300_000]);
    expect(await readLines(store, "copy")).toEqual(await readLines(store, PROJECT));
  });

  test("what has expired, and is not swept yet, moves with its time", async ({ store }) => {
    await store.createThread(draft({ ttl: { strategy: "delete", minutes: 1 } }));
    await store.importEntries("copy", await readEntries(store, PROJECT));
    const { now } = key();
    expect(await store.getThread(key({ projectId: "copy" }))).not.toBeNull();
    expect(await store.getThread(key({ projectId: "copy", now: now + 60_000_000 }))).toBeNull();
    expect(await store.sweepExpired(now + 60_000_000, 10)).toBe(2);
    expect(await readEntries(store, "copy")).toEqual([]);
  });

  test("what is done to a moved project goes on from where it was", async ({ store }) => {
    await fill(store);
    await store.importEntries("copy", await readEntries(store, PROJECT));
    for (const projectId of [PROJECT, "copy"]) {
      await store.setState(state(['{"b":2}'], { projectId, checkpointId: uuid(2) }));
      await store.patchThread(patch({ projectId, metadata: '{"m":2.0}', now: key().now + 5 }));
      await store.appendMessages(append([message({ messageId: "m2" }), message()], { projectId }));
      await store.writeCalls([{ kind: "end", end: end("half", { projectId }) }]);
      await store.createObject(object({ projectId, digest: "c" }));
      await store.deleteCalls({ projectId, callIds: ["whole"], now: key().now });
    }
    expect(await readLines(store, "copy")).toEqual(await readLines(store, PROJECT));
    for (const projectId of [PROJECT, "copy"]) await store.deleteThread(key({ projectId }));
    expect(await readLines(store, "copy")).toEqual(await readLines(store, PROJECT));
  });

  test("an export that is left early, or aborted, leaves a working store", async ({ store }) => {
    await store.writeSpans(manySpans);
    for (let attempt = 0; attempt < 10; attempt++) {
      for await (const { entries } of store.exportProject(PROJECT)) {
        expect(entries.length).toBeGreaterThan(0);
        break;
      }
    }
    const reason = new Error("enough");
    const aborted = store.exportProject(PROJECT, { signal: AbortSignal.abort(reason) });
    await expect(Array.fromAsync(aborted)).rejects.toBe(reason);
    await store.writeSpans([span({ traceId: "after", thread: "after" })]);
    expect(await readLines(store, PROJECT)).toHaveLength(MANY + 1);
  });

  test("a moved project outlives the store; a closed store refuses to move", async (handle) => {
    await fill(handle.store);
    const lines = await readLines(handle.store, PROJECT);
    await handle.store.importEntries("copy", await readEntries(handle.store, PROJECT));
    const store = (await handle.reopen?.()) ?? handle.store;
    expect(await readLines(store, "copy")).toEqual(lines);
    await store.close();
    await expect(store.listProjects()).rejects.toThrow(StoreUnavailableError);
    await expect(readEntries(store, PROJECT)).rejects.toThrow(StoreUnavailableError);
    await expect(store.importEntries(PROJECT, [])).rejects.toThrow(StoreUnavailableError);
  });
}

/** Writes some of everything to the builders' project. */
async function fill(store: Store): Promise<void> {
  await store.createThread(draft({ metadata: '{"n": 1.0}', ttl: { strategy: "delete", minutes: 1.5 } }));
  await store.setState(state(['{"a":1.0}']));
  await store.appendMessages(append([message()]));
  await store.writeSpans([span({ thread: "thread", inputTokens: 3 })]);
  await store.writeCalls([
    { kind: "complete", start: start("whole"), end: end("whole") },
    { kind: "start", start: start("half") },
  ]);
  await store.createFeedback(feedback({ ratings: [{ name: "r", value: 0.1, reason: null, confidence: 1 }] }));
  await store.createObject(object({ digest: "a", json: '"a"' }));
  await store.createObject(object({ digest: "b", json: '"b"' }));
  await store.createTable({ projectId: PROJECT, digest: "t", rowDigests: ["a", "b", "a"], rows: [] });
  const pieces = [new Uint8Array([0, 255]), new Uint8Array([10])];
  await store.createFile({ projectId: PROJECT, digest: "f", pieces });
}

function object(given: { projectId?: string; digest: string; json?: string }) {
  const none = { isOp: false, baseObjectClass: null, leafObjectClass: null, userId: null };
  return { projectId: PROJECT, objectId: "name", json: "{}", createdAt: 1_000, ...none, ...given };
}
