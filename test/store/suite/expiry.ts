import { expect } from "vitest";
import { THREAD_SORT_FIELDS } from "../../../src/model/threads/thread.ts";
import { NotFoundError } from "../../../src/store/errors.ts";
import type { Store } from "../../../src/store/store.ts";
import { feedback, NOW, span, spansQuery, threadQuery } from "../builders.ts";
import {
  readConversations,
  readRecordIds,
  readRecords,
  readSpanIds,
  readStates,
  readThread,
  readThreads,
} from "../reading.ts";
import {
  change,
  draft,
  filter,
  historyQuery,
  key,
  patch,
  search,
  state,
  stateQuery,
  uuid,
} from "../record-builders.ts";
import type { DefineTest } from "./describe-store.ts";

const MINUTE = 60_000_000;
const DUE = NOW + MINUTE;

/** What becomes of threads whose time is up. The clock is the request's own, so nothing waits. */
export function expiryTests(test: DefineTest): void {
  test("a TTL counts from the request that gives it", async ({ store }) => {
    const { thread } = await create(store, "delete");
    expect(thread.ttl).toEqual({ strategy: "delete", minutes: 1, expiresAt: DUE });
    const patched = await store.patchThread(
      patch({ ttl: { strategy: "keep_latest", minutes: 0.5 }, now: DUE - 1 }),
    );
    expect(patched.ttl).toEqual({ strategy: "keep_latest", minutes: 0.5, expiresAt: DUE - 1 + MINUTE / 2 });
    expect((await store.patchThread(patch({ metadata: "{}", now: DUE }))).ttl).toEqual(patched.ttl);
  });

  for (const swept of [false, true]) {
    const when = swept ? "after the sweep" : "before any sweep";

    test(`a thread to be deleted vanishes from every read at its moment, ${when}`, async ({ store }) => {
      await create(store, "delete");
      await store.createThread(draft({ threadId: "other" }));
      expect(await readRecordIds(store, search({ now: DUE - 1 }))).toEqual(["other", "thread"]);
      if (swept) expect(await store.sweepExpired(DUE, 10)).toBe(1);

      const now = DUE;
      expect(await store.getThread(key({ now }))).toBeNull();
      for (const given of [
        {},
        { metadata: '{"a":1}' },
        { status: "idle" as const },
        { threadIds: ["thread", "other"] },
      ]) {
        const expected = "metadata" in given ? [] : ["other"];
        expect(await readRecordIds(store, search({ now, ...given }))).toEqual(expected);
        expect((await readRecords(store, search({ now, ...given }))).total).toBe(expected.length);
        expect(await store.countThreads(filter({ now, ...given }))).toBe(expected.length);
      }
      await expect(store.getState(stateQuery({ now }))).rejects.toThrow(NotFoundError);
      await expect(readStates(store, historyQuery({ now }))).rejects.toThrow(NotFoundError);
      await expect(store.patchThread(patch({ now }))).rejects.toThrow(NotFoundError);
      const { thread, created } = await store.createThread(draft({ now }));
      expect({ thread, created }).toMatchObject({
        created: true,
        thread: { metadata: "{}", values: null, ttl: null },
      });
    });

    test(`its turns, its spans and the feedback on them vanish with it, ${when}`, async ({ store }) => {
      await store.writeSpans([
        span({ traceId: "one", thread: "thread" }),
        span({ traceId: "two", thread: "other" }),
      ]);
      await store.createFeedback(feedback());
      await store.createFeedback(feedback({ id: "turn", target: { kind: "turn", id: "one" } }));
      await create(store, "delete");
      const listed = async (given: Parameters<typeof threadQuery>[0]) =>
        (await readThreads(store, threadQuery(given))).map(({ threadId }) => threadId);
      const conversations = (now: number) =>
        readConversations(store, spansQuery(["thread", "none", "other"], { now }));
      expect(await listed({ now: DUE - 1, threadIds: ["thread"] })).toEqual(["thread"]);
      expect((await conversations(DUE - 1))[0]).toMatchObject({ spans: [{}], feedback: [{}, {}] });
      if (swept) expect(await store.sweepExpired(DUE, 10)).toBe(1);

      const now = DUE;
      for (const field of THREAD_SORT_FIELDS) {
        for (const direction of ["asc", "desc"] as const) {
          const sort = [{ field, direction }];
          expect(await listed({ now, sort })).toEqual(["other"]);
          expect(await listed({ now, sort, limit: 5, offset: 1 })).toEqual([]);
        }
      }
      const sort = (["turn_count", "start_time"] as const).map((field) => ({
        field,
        direction: "asc" as const,
      }));
      expect(await listed({ now, sort })).toEqual(["other"]);
      expect(await listed({ now, threadIds: ["thread", "other"] })).toEqual(["other"]);
      expect(await listed({ now, startedAfter: 0 })).toEqual(["other"]);
      expect(await conversations(now)).toMatchObject([
        { spans: [], feedback: [] },
        { spans: [], feedback: [] },
        { spans: [{}], feedback: [] },
      ]);
    });

    test(`spans that come after a thread's time begin it anew, ${when}`, async ({ store }) => {
      await store.writeSpans([span({ traceId: "one", spanId: "root", thread: "thread" })]);
      await create(store, "delete");
      if (swept) expect(await store.sweepExpired(DUE, 10)).toBe(1);
      await store.writeSpans(
        [
          span({ traceId: "one", spanId: "child", parentSpanId: "root" }),
          span({ traceId: "two", spanId: "new", thread: "thread", startedAt: DUE }),
        ],
        DUE,
      );
      expect(await store.sweepExpired(DUE, 10)).toBe(0);
      expect(await readSpanIds(store, "thread")).toEqual(["new"]);
      expect(await readThread(store, "thread")).toMatchObject({ turnCount: 1, startTime: DUE });
      expect(await store.getThread(key({ now: DUE }))).toMatchObject({ metadata: "{}", ttl: null });
    });

    test(`a span without a claim in a trace of an expired thread does not join it, ${when}`, async ({
      store,
    }) => {
      await store.writeSpans([span({ traceId: "one", spanId: "root", thread: "thread" })]);
      await create(store, "delete");
      if (swept) expect(await store.sweepExpired(DUE, 10)).toBe(1);
      await store.writeSpans([span({ traceId: "one", spanId: "child", parentSpanId: "root" })], DUE);
      expect(await store.sweepExpired(DUE, 10)).toBe(0);
      expect(await readThread(store, "thread")).toBeUndefined();
      await store.writeSpans([span({ traceId: "one", spanId: "root", thread: "thread" })], DUE);
      expect(await readSpanIds(store, "thread")).toEqual(["child", "root"]);
    });

    test(`feedback that comes after a conversation's time is not lost with it, ${when}`, async ({
      store,
    }) => {
      await store.createFeedback(feedback({ id: "old", tags: ["old"] }));
      await create(store, "delete");
      if (swept) expect(await store.sweepExpired(DUE, 10)).toBe(1);
      await store.createFeedback(feedback({ id: "new", tags: ["new"], createdAt: DUE }));
      expect(await store.sweepExpired(DUE, 10)).toBe(0);
      const [conversation] = await readConversations(store, spansQuery(["thread"], { now: DUE }));
      expect(conversation!.feedback.flatMap(({ tags }) => tags)).toEqual(["new"]);
    });

    test(`a thread to keep the latest of loses its history at its moment, and again, ${when}`, async ({
      store,
    }) => {
      await create(store, "keep_latest");
      expect(await readStates(store, historyQuery({ now: DUE - 1 }))).toHaveLength(2);
      if (swept) expect(await store.sweepExpired(DUE, 10)).toBe(1);

      const now = DUE;
      expect(await readStates(store, historyQuery({ now }))).toMatchObject([
        { checkpointId: uuid(2), parentId: null, values: '{"i":2}' },
      ]);
      expect(await store.getState(stateQuery({ now }))).toMatchObject({
        checkpointId: uuid(2),
        parentId: null,
      });
      await expect(store.getState(stateQuery({ now, checkpointId: uuid(1) }))).rejects.toThrow(NotFoundError);
      expect(await store.getThread(key({ now }))).toMatchObject({
        values: '{"i":2}',
        ttl: { strategy: "keep_latest", minutes: 1, expiresAt: DUE + MINUTE },
      });
      await store.setState(state([], { now, checkpointId: uuid(3) }));
      expect(await readStates(store, historyQuery({ now }))).toMatchObject([
        { parentId: uuid(2) },
        { parentId: null },
      ]);
      expect(await readStates(store, historyQuery({ now: DUE + MINUTE }))).toHaveLength(1);
    });
  }

  test("the sweep removes all that a thread holds, in portions, the longest expired first", async ({
    store,
  }) => {
    await store.writeSpans([span({ thread: "thread" })]);
    for (const [threadId, minutes] of [
      ["later", 2],
      ["thread", 1],
      ["never", null],
    ] as const) {
      const ttl = minutes === null ? null : { strategy: "delete" as const, minutes };
      await store.createThread(draft({ threadId, ttl }));
    }
    expect(await store.sweepExpired(DUE - 1, 10)).toBe(0);
    expect(await store.sweepExpired(DUE + MINUTE, 1)).toBe(1);
    expect(await readThread(store, "thread")).toBeUndefined();
    expect(await store.sweepExpired(DUE + MINUTE, 10)).toBe(1);
    expect(await store.sweepExpired(DUE + MINUTE, 10)).toBe(0);
    // At an earlier moment too: they are gone, not hidden.
    expect(await readRecordIds(store, search({ now: NOW }))).toEqual(["never"]);
  });
}

async function create(store: Store, strategy: "delete" | "keep_latest") {
  const states = [1, 2].map((i) => change({ checkpointId: uuid(i), updates: [`{"i":${i}}`] }));
  return store.createThread(draft({ metadata: '{"a":1}', ttl: { strategy, minutes: 1 }, states }));
}
