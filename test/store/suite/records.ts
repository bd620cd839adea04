import { expect } from "vitest";
import { InvalidRequestError } from "../../../src/model/base/errors.ts";
import { AlreadyExistsError, StoreUnavailableError } from "../../../src/store/errors.ts";
import { feedback, NOW, span, spansQuery } from "../builders.ts";
import { readConversations, readRecordIds, readRecords, readStates, readThread } from "../reading.ts";
import { expectRecomputed } from "../recompute.ts";
import {
  change,
  draft,
  historyQuery,
  key,
  patch,
  search,
  state,
  stateQuery,
  uuid,
} from "../record-builders.ts";
import type { DefineTest } from "./describe-store.ts";

const LATER = NOW + 1_000;

/** Threads as documents: made, changed, copied and removed. */
export function recordTests(test: DefineTest): void {
  test("a new thread is idle, without state or TTL, and everything happened when it was created", async ({
    store,
  }) => {
    const { thread, created } = await store.createThread(draft({ metadata: '{"a": 1.0}' }));
    expect(created).toBe(true);
    expect(thread).toEqual({
      threadId: "thread",
      createdAt: NOW,
      updatedAt: NOW,
      stateUpdatedAt: NOW,
      status: "idle",
      ttl: null,
      metadata: '{"a": 1.0}',
      values: null,
      interrupts: "{}",
    });
    expect(await store.getThread(key())).toEqual(thread);
    expect(await store.isEmpty()).toBe(false);
  });

  test("an id is taken once in a project: raise, or answer with the old thread", async ({ store }) => {
    const { thread } = await store.createThread(draft({ metadata: '{"first":true}' }));
    const again = draft({ metadata: '{"second":true}', now: LATER });
    await expect(store.createThread(again)).rejects.toMatchObject({
      name: "AlreadyExistsError",
      message: "Thread with ID thread already exists",
    });
    expect(await store.createThread({ ...again, ifExists: "do_nothing" })).toEqual({
      thread,
      created: false,
    });
    expect((await store.createThread(draft({ projectId: "another" }))).created).toBe(true);
  });

  test("of many that create one id at once, one wins", async ({ store }) => {
    const attempts = Array.from({ length: 20 }, (_, i) =>
      store.createThread(draft({ metadata: `{"i":${i}}` })),
    );
    const results = await Promise.allSettled(attempts);
    const won = results.filter((result) => result.status === "fulfilled");
    expect(won).toHaveLength(1);
    expect(await store.getThread(key())).toEqual(won[0]!.value.thread);
    for (const result of results) {
      if (result.status === "rejected") expect(result.reason).toBeInstanceOf(AlreadyExistsError);
    }
  });

  test("of many that would have one id, all get the same thread", async ({ store }) => {
    const attempts = Array.from({ length: 20 }, (_, i) =>
      store.createThread(draft({ metadata: `{"i":${i}}`, ifExists: "do_nothing" })),
    );
    const answers = await Promise.all(attempts);
    expect(answers.filter(({ created }) => created)).toHaveLength(1);
    expect(new Set(answers.map(({ thread }) => thread.metadata)).size).toBe(1);
  });

  test("a thread can begin with states, a step each", async ({ store }) => {
    const states = [
      change({ updates: ['{"a":1}'] }),
      change({ updates: ['{"b":2}'], status: "interrupted" }),
    ];
    const { thread } = await store.createThread(draft({ states }));
    expect(thread).toMatchObject({ values: '{"a":1,"b":2}', status: "interrupted" });
    expect(await readStates(store, historyQuery())).toHaveLength(2);
  });

  test("a patch replaces members of the metadata, a null too, and keeps digits and order", async ({
    store,
  }) => {
    await store.createThread(draft({ metadata: '{"z":9007199254740993,"a":{"b":1},"__proto__":1}' }));
    const thread = await store.patchThread(
      patch({ metadata: '{"a":{"c":1e400},"z":null,"":2}', now: LATER }),
    );
    expect(thread.metadata).toBe('{"z":null,"a":{"c":1e400},"__proto__":1,"":2}');
    expect(thread).toMatchObject({ createdAt: NOW, updatedAt: LATER, stateUpdatedAt: NOW });
    expect(await store.getThread(key())).toEqual(thread);
  });

  test("a hundred patches of different keys at once all survive", async ({ store }) => {
    await store.createThread(draft());
    const keys = Array.from({ length: 100 }, (_, i) => `key ${i}`);
    await Promise.all(
      keys.map((name) => store.patchThread(patch({ metadata: JSON.stringify({ [name]: 1 }) }))),
    );
    const { metadata } = (await store.getThread(key()))!;
    expect(Object.keys(JSON.parse(metadata)).toSorted()).toEqual(keys.toSorted());
    for (const name of keys) {
      expect(await readRecordIds(store, search({ metadata: JSON.stringify({ [name]: 1 }) }))).toEqual([
        "thread",
      ]);
    }
  });

  test("a patch of the status changes no state", async ({ store }) => {
    await store.createThread(draft());
    const thread = await store.patchThread(patch({ status: "busy", now: LATER }));
    expect(thread).toMatchObject({ status: "busy", stateUpdatedAt: NOW, values: null });
    expect(await store.getState(stateQuery())).toBeNull();
  });

  test("a text that is no JSON object is refused, and nothing is changed", async ({ store }) => {
    for (const metadata of ["", "{", "[]", "null", '{"a":"\ud800"}']) {
      await expect(store.createThread(draft({ metadata }))).rejects.toThrow(InvalidRequestError);
    }
    expect(await store.getThread(key())).toBeNull();
    await store.createThread(draft());
    await expect(store.patchThread(patch({ metadata: "1" }))).rejects.toThrow(InvalidRequestError);
    await expect(store.setState(state(["{}", "x"]))).rejects.toThrow(InvalidRequestError);
    expect(await store.getState(stateQuery())).toBeNull();
  });

  test("nothing can be done to a thread that is not there", async ({ store }) => {
    const missing = { name: "NotFoundError", message: "Thread with ID thread not found" };
    await store.createThread(draft({ projectId: "another" }));
    await expect(store.patchThread(patch({ metadata: "{}" }))).rejects.toMatchObject(missing);
    await expect(store.deleteThread(key())).rejects.toMatchObject(missing);
    await expect(store.copyThread(key(), "copy")).rejects.toMatchObject(missing);
    await expect(store.setState(state(["{}"]))).rejects.toMatchObject(missing);
    await expect(store.getState(stateQuery())).rejects.toMatchObject(missing);
    await expect(readStates(store, historyQuery())).rejects.toMatchObject(missing);
    expect(await store.getThread(key())).toBeNull();
  });

  test("a thread that spans made is a record, of the times of its turns", async ({ store }) => {
    await store.writeSpans([span({ thread: "thread", startedAt: 5_000, endedAt: 9_000 })]);
    expect(await store.getThread(key())).toEqual({
      threadId: "thread",
      createdAt: 5_000,
      updatedAt: 9_000,
      stateUpdatedAt: 5_000,
      status: "idle",
      ttl: null,
      metadata: "{}",
      values: null,
      interrupts: "{}",
    });
    await store.writeSpans([
      span({ traceId: "earlier", thread: "thread", startedAt: 1_000, endedAt: 2_000 }),
    ]);
    expect(await store.getThread(key())).toMatchObject({ createdAt: 1_000, updatedAt: 9_000 });
  });

  test("a thread is one, whether spans or a client made it first", async ({ store }) => {
    const spans = [span({ thread: "thread", startedAt: 5_000 }), span({ traceId: "two", thread: "two" })];
    await store.writeSpans(spans.slice(0, 1));
    expect((await store.createThread(draft({ metadata: '{"a":1}' }))).created).toBe(true);
    await store.createThread(draft({ threadId: "two" }));
    await store.writeSpans(spans.slice(1));
    await expectRecomputed(store, spans);
    expect(await readRecordIds(store, search())).toEqual(["thread", "two"]);
    expect(await store.getThread(key())).toMatchObject({ createdAt: NOW, metadata: '{"a":1}' });
  });

  test("a thread that only lost its spans is a record no more", async ({ store }) => {
    await store.writeSpans([span({ thread: "old" })]);
    await store.writeSpans([span({ thread: "new", endedAt: 9_000 })]);
    expect(await readRecordIds(store, search())).toEqual(["new"]);
    expect(await store.getThread(key({ threadId: "old" }))).toBeNull();
  });

  test("deleting a thread deletes all it holds; what comes later is new", async ({ store }) => {
    const spans = [
      span({ spanId: "a", thread: "thread", messages: [{ role: "user", text: "hi", json: "{}" }] }),
    ];
    const write = async () => {
      await store.createThread(draft({ metadata: '{"a":1}', states: [change({ updates: ['{"b":2}'] })] }));
      await store.writeSpans(spans);
    };
    await write();
    const targets = [
      { kind: "conversation" as const, id: "thread" },
      { kind: "turn" as const, id: "trace" },
      { kind: "span" as const, id: "a" },
    ];
    for (const [i, target] of targets.entries()) await store.createFeedback(feedback({ id: `${i}`, target }));

    await store.deleteThread(key());
    expect(await store.isEmpty()).toBe(true);
    expect(await store.getThread(key())).toBeNull();
    expect((await readRecords(store, search())).total).toBe(0);
    expect(await readThread(store, "thread")).toBeUndefined();
    const [conversation] = await readConversations(store, spansQuery(["thread"]));
    expect(conversation).toMatchObject({ spans: [], feedback: [] });
    expect(await readRecordIds(store, search({ metadata: '{"a":1}' }))).toEqual([]);

    await write();
    // The ids of what was deleted are free again.
    for (const [i, target] of targets.entries()) await store.createFeedback(feedback({ id: `${i}`, target }));
    await expectRecomputed(
      store,
      spans,
      targets.map((target, i) => feedback({ id: `${i}`, target })),
    );
    expect(await store.getThread(key())).toMatchObject({ metadata: '{"a":1}', values: '{"b":2}' });
    expect(await readStates(store, historyQuery())).toHaveLength(1);
  });

  test("a thread that shares a trace with a deleted one is as if that one's spans had never come", async ({
    store,
  }) => {
    const kept = [
      span({ spanId: "root", thread: "kept", inputTokens: 7 }),
      span({ spanId: "leaf", parentSpanId: "middle", thread: "kept", inputTokens: 5 }),
      span({ spanId: "of none" }),
    ];
    const middle = span({ spanId: "middle", parentSpanId: "root", thread: "thread", inputTokens: 3 });
    await store.writeSpans([...kept, middle]);
    await store.createFeedback(feedback({ target: { kind: "turn", id: "trace" } }));
    await store.deleteThread(key());
    await expectRecomputed(store, kept, [feedback({ target: { kind: "turn", id: "trace" } })]);
    await store.writeSpans([middle]);
    await expectRecomputed(store, [...kept, middle], [feedback({ target: { kind: "turn", id: "trace" } })]);
  });

  test("a copy has metadata, state and history of its own, is idle and kept for ever", async ({ store }) => {
    await store.writeSpans([span({ thread: "thread" })]);
    const states = [1, 2].map((i) =>
      change({ checkpointId: uuid(i), updates: [`{"i":${i}}`], status: "busy" }),
    );
    await store.createThread(draft({ metadata: '{"a":1}', ttl: { strategy: "delete", minutes: 1 }, states }));
    const copy = await store.copyThread(key({ now: LATER }), "copy");
    expect(copy).toMatchObject({
      threadId: "copy",
      status: "idle",
      ttl: null,
      createdAt: LATER,
      values: '{"i":2}',
    });
    expect(await readStates(store, historyQuery({ threadId: "copy" }))).toEqual(
      await readStates(store, historyQuery()),
    );
    expect(await readThread(store, "copy")).toBeUndefined();

    await store.setState(state(['{"i":3}'], { threadId: "copy", checkpointId: uuid(3) }));
    await store.deleteThread(key());
    expect(await readRecordIds(store, search({ metadata: '{"a":1}', values: '{"i":3}' }))).toEqual(["copy"]);
    expect(await readStates(store, historyQuery({ threadId: "copy" }))).toHaveLength(3);
    await expect(store.copyThread(key({ threadId: "copy" }), "copy")).rejects.toThrow(AlreadyExistsError);
  });

  test("pruning deletes threads, or their history; unknown ids and repeats do not count", async ({
    store,
  }) => {
    for (const threadId of ["a", "b"]) {
      const states = [1, 2].map((i) => change({ checkpointId: uuid(i), updates: [`{"i":${i}}`] }));
      await store.createThread(draft({ threadId, states }));
    }
    const prune = { projectId: key().projectId, now: NOW };
    expect(
      await store.pruneThreads({ ...prune, threadIds: ["a", "none", "a"], strategy: "keep_latest" }),
    ).toBe(1);
    expect(await readStates(store, historyQuery({ threadId: "a" }))).toMatchObject([
      { checkpointId: uuid(2), parentId: null, values: '{"i":2}' },
    ]);
    expect(await store.pruneThreads({ ...prune, threadIds: ["a", "b"], strategy: "delete" })).toBe(2);
    expect(await store.isEmpty()).toBe(true);
  });

  test("a closed store refuses records too", async ({ store }) => {
    await store.close();
    await expect(store.createThread(draft())).rejects.toThrow(StoreUnavailableError);
    await expect(store.getThread(key())).rejects.toThrow(StoreUnavailableError);
    await expect(readRecords(store, search())).rejects.toThrow(StoreUnavailableError);
    await expect(readStates(store, historyQuery())).rejects.toThrow(StoreUnavailableError);
  });

  test("records outlive the store that wrote them", async ({ store, reopen }, context) => {
    if (!reopen) return context.skip("nothing outlives a close of this store");
    const { thread } = await store.createThread(
      draft({ metadata: '{"a":1}', states: [change({ updates: ["{}"] })] }),
    );
    const reopened = await reopen();
    expect(await reopened.getThread(key())).toEqual(thread);
    expect(await readRecordIds(reopened, search({ metadata: '{"a":1}' }))).toEqual(["thread"]);
  });
}
