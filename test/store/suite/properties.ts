import fc from "fast-check";
import { expect } from "vitest";
import {
  cursorAt,
  THREAD_SORT_FIELDS,
  type ThreadCursor,
  type ThreadQuery,
  type ThreadSummary,
} from "../../../src/model/threads/thread.ts";
import type { Span } from "../../../src/model/traces/span.ts";
import type { Store } from "../../../src/store/store.ts";
import { spansQuery, threadQuery } from "../builders.ts";
import { createNaiveStore } from "../naive-store.ts";
import { readConversations, readThreads } from "../reading.ts";
import { expectSameAnswers } from "../recompute.ts";
import {
  arrival,
  feedbacks,
  spanTime,
  THREAD_IDS,
  threads,
  turnChanges,
  turnTime,
} from "./arbitrary-spans.ts";
import { check, PROPERTY_TIMEOUT, projects } from "./check.ts";
import type { DefineTest } from "./describe-store.ts";

const sort = fc.array(
  fc.record({
    field: fc.constantFrom(...THREAD_SORT_FIELDS),
    direction: fc.constantFrom("asc" as const, "desc" as const),
  }),
  { minLength: 1, maxLength: 3 },
);

const conditions = fc.record({
  sort,
  startedAfter: fc.option(turnTime, { freq: 2 }),
  updatedBefore: fc.option(turnTime, { freq: 2 }),
  threadIds: fc.option(fc.subarray(["a", "A", "ab", "a\u0000", "\uFF5E", "none"]), { freq: 2 }),
});

const spanConditions = fc.record({
  conversationIds: fc.array(fc.constantFrom(...THREAD_IDS, "none"), { maxLength: 5 }),
  startedAfter: fc.option(spanTime, { freq: 3 }),
  startedBefore: fc.option(spanTime, { freq: 3 }),
  maxSpansPerConversation: fc.option(fc.nat(6), { freq: 2 }),
});

/** What must hold of any spans, in any order of arrival. Each example has a project of its own in one store. */
export function propertyTests(test: DefineTest): void {
  test(
    "after every batch, everything equals a recomputation from all spans",
    async ({ store }) => {
      const nextProject = projects();
      await check(arrival, async ({ batches }) => {
        const naive = createNaiveStore();
        const projectId = nextProject();
        for (const batch of batches) {
          await store.writeSpans(inProject(batch, projectId));
          await naive.writeSpans(inProject(batch, projectId));
          await expectSameAnswers(store, naive, projectId, THREAD_IDS);
        }
      });
    },
    PROPERTY_TIMEOUT,
  );

  test(
    "the result is the same for every order of arrival",
    async ({ store }) => {
      const nextProject = projects();
      await check(arrival, async ({ batches, otherwise }) => {
        const answers = [];
        for (const each of [batches, otherwise]) {
          const projectId = nextProject();
          for (const batch of each) await store.writeSpans(inProject(batch, projectId));
          const spans = spansQuery(THREAD_IDS, { projectId, view: "full" });
          answers.push({
            threads: await readThreads(store, threadQuery({ projectId })),
            conversations: await readConversations(store, spans),
          });
        }
        expect(answers[1]).toEqual(answers[0]);
      });
    },
    PROPERTY_TIMEOUT,
  );

  test(
    "statistics of many turns stay exact while turns come, change and leave",
    async ({ store }) => {
      const nextProject = projects();
      await check(turnChanges, async (batches) => {
        const naive = createNaiveStore();
        const query = threadQuery({ projectId: nextProject() });
        for (const batch of batches) {
          await store.writeSpans(inProject(batch, query.projectId));
          await naive.writeSpans(inProject(batch, query.projectId));
          expect(await readThreads(store, query)).toEqual(await readThreads(naive, query));
        }
      });
    },
    PROPERTY_TIMEOUT,
  );

  test(
    "spans and feedback of conversations, filtered and capped in any way, equal a recomputation",
    async ({ store }) => {
      const nextProject = projects();
      const asking = fc.array(spanConditions, { maxLength: 5 });
      await check(fc.tuple(arrival, feedbacks, asking), async ([{ batches }, given, asked]) => {
        const { projectId, naive } = await write(store, nextProject(), batches.flat());
        for (const each of given) {
          await store.createFeedback({ ...each, projectId });
          await naive.createFeedback({ ...each, projectId });
        }
        for (const { conversationIds, ...conditions } of asked) {
          const query = spansQuery(conversationIds, { projectId, ...conditions });
          expect(await readConversations(store, query)).toEqual(await readConversations(naive, query));
        }
      });
    },
    PROPERTY_TIMEOUT,
  );

  test(
    "threads in any order, filtered in any way, equal a recomputation",
    async ({ store }) => {
      const nextProject = projects();
      await check(fc.tuple(threads, fc.array(conditions, { maxLength: 5 })), async ([spans, asked]) => {
        const { projectId, naive } = await write(store, nextProject(), spans);
        for (const given of asked) {
          const query = threadQuery({ projectId, ...given });
          expect(await readThreads(store, query)).toEqual(await readThreads(naive, query));
        }
      });
    },
    PROPERTY_TIMEOUT,
  );

  test(
    "limit and offset take the slice of an array",
    async ({ store }) => {
      const nextProject = projects();
      const slices = fc.array(fc.record({ limit: fc.option(fc.nat(15), { freq: 3 }), offset: fc.nat(15) }), {
        maxLength: 8,
      });
      await check(fc.tuple(threads, conditions, slices), async ([spans, given, asked]) => {
        const { projectId } = await write(store, nextProject(), spans);
        const query = threadQuery({ projectId, ...given });
        const all = await readThreads(store, query);
        for (const { limit, offset } of asked) {
          const expected = all.slice(offset, limit === null ? undefined : offset + limit);
          expect(await readThreads(store, { ...query, limit, offset })).toEqual(expected);
        }
      });
    },
    PROPERTY_TIMEOUT,
  );

  test(
    "pages of any size, each after the last row before it, make up the whole",
    async ({ store }) => {
      const nextProject = projects();
      await check(
        fc.tuple(threads, conditions, fc.integer({ min: 1, max: 5 })),
        async ([spans, given, size]) => {
          const { projectId } = await write(store, nextProject(), spans);
          const query = threadQuery({ projectId, ...given });
          expect(await readInPages(store, query, size)).toEqual(await readThreads(store, query));
        },
      );
    },
    PROPERTY_TIMEOUT,
  );
}

function inProject(spans: Span[], projectId: string): Span[] {
  return spans.map((each) => ({ ...each, projectId }));
}

/** Writes spans to a project of the store and to a naive store of their own. */
async function write(store: Store, projectId: string, spans: Span[]) {
  const naive = createNaiveStore();
  await store.writeSpans(inProject(spans, projectId));
  await naive.writeSpans(inProject(spans, projectId));
  return { projectId, naive };
}

async function readInPages(store: Store, query: ThreadQuery, size: number): Promise<ThreadSummary[]> {
  const rows: ThreadSummary[] = [];
  let after: ThreadCursor | null = null;
  while (true) {
    const page: ThreadSummary[] = await readThreads(store, { ...query, limit: size, after });
    rows.push(...page);
    if (page.length < size) return rows;
    after = cursorAt(page.at(-1)!, query.sort);
  }
}
