import fc from "fast-check";
import { expect } from "vitest";
import {
  recordCursor,
  type ThreadRecord,
  type ThreadSearch,
} from "../../../src/model/threads/thread-record.ts";
import type { Store } from "../../../src/store/store.ts";
import { createNaiveStore } from "../naive-store.ts";
import { readRecords, readStates } from "../reading.ts";
import { expectSameAnswers } from "../recompute.ts";
import { historyQuery, search, stateQuery, uuid } from "../record-builders.ts";
import { document, instant, type Operation, operation, RECORD_IDS, searches } from "./arbitrary-records.ts";
import { check, PROPERTY_TIMEOUT, projects } from "./check.ts";
import type { DefineTest } from "./describe-store.ts";

const operations = fc.array(operation, { minLength: 1, maxLength: 14, size: "max" });

/** What must hold of threads as documents, whatever is done to them in whatever order. */
export function recordPropertyTests(test: DefineTest): void {
  test(
    "after every operation, its answer and all records and states equal a recomputation",
    async ({ store }) => {
      const nextProject = projects();
      await check(fc.tuple(operations, instant), async ([done, now]) => {
        const naive = createNaiveStore();
        const projectId = nextProject();
        for (const each of done) {
          const answer = await outcome(each, store, projectId);
          expect(answer, each.name).toEqual(await outcome(each, naive, projectId));
          expect(await everything(store, projectId, now)).toEqual(await everything(naive, projectId, now));
        }
        await expectSameAnswers(store, naive, projectId, RECORD_IDS, now);
      });
    },
    PROPERTY_TIMEOUT,
  );

  test(
    "records searched in any way equal a recomputation, and so does their number",
    async ({ store }) => {
      const nextProject = projects();
      await check(fc.tuple(operations, fc.array(searches, { maxLength: 8 })), async ([done, asked]) => {
        const { projectId, naive } = await doAll(store, nextProject(), done);
        for (const given of asked) {
          const query = { ...given, projectId };
          expect(await readRecords(store, query)).toEqual(await readRecords(naive, query));
          expect(await store.countThreads(query)).toBe(await naive.countThreads(query));
        }
      });
    },
    PROPERTY_TIMEOUT,
  );

  test(
    "pages of any size, each after the last record before it, make up the whole",
    async ({ store }) => {
      const nextProject = projects();
      await check(
        fc.tuple(operations, searches, fc.integer({ min: 1, max: 3 })),
        async ([done, given, size]) => {
          const { projectId } = await doAll(store, nextProject(), done);
          const query = { ...given, projectId, limit: null, offset: 0 };
          expect(await readInPages(store, query, size)).toEqual((await readRecords(store, query)).threads);
        },
      );
    },
    PROPERTY_TIMEOUT,
  );

  test(
    "states listed in any way equal a recomputation",
    async ({ store }) => {
      const nextProject = projects();
      const id = fc.option(fc.nat(9).map(uuid));
      const asking = fc.record({
        threadId: fc.constantFrom(...RECORD_IDS),
        now: instant,
        limit: fc.option(fc.nat(3)),
        before: id,
        from: id,
        metadata: fc.option(fc.oneof(document, fc.constantFrom('{"step":0}', '{"source":"update"}'))),
      });
      await check(fc.tuple(operations, fc.array(asking, { maxLength: 8 })), async ([done, asked]) => {
        const { projectId, naive } = await doAll(store, nextProject(), done);
        for (const given of asked) {
          const query = historyQuery({ ...given, projectId });
          const read = (from: Store) => readStates(from, query).catch(nameOf);
          expect(await read(store)).toEqual(await read(naive));
        }
      });
    },
    PROPERTY_TIMEOUT,
  );
}

/** What an operation answers, or the name of the error it raises. */
async function outcome(operation: Operation, store: Store, projectId: string): Promise<unknown> {
  return operation.run(store, projectId).catch(nameOf);
}

function nameOf(error: Error): string {
  return error.name;
}

async function doAll(store: Store, projectId: string, done: Operation[]) {
  const naive = createNaiveStore();
  for (const each of done) {
    await outcome(each, store, projectId);
    await outcome(each, naive, projectId);
  }
  return { projectId, naive };
}

/** All that a store says of the records of a project, with every document and every state. */
async function everything(store: Store, projectId: string, now: number) {
  const query = search({ projectId, now, documents: ["metadata", "values", "interrupts"] });
  const records = await readRecords(store, query);
  const states = records.threads.map(async ({ threadId }) => ({
    latest: await store.getState(stateQuery({ projectId, threadId, now })),
    all: await readStates(store, historyQuery({ projectId, threadId, now })),
    thread: await store.getThread({ projectId, threadId, now }),
  }));
  return { records, states: await Promise.all(states) };
}

async function readInPages(store: Store, query: ThreadSearch, size: number): Promise<ThreadRecord[]> {
  const threads: ThreadRecord[] = [];
  let after: ThreadSearch["after"] = null;
  while (true) {
    const page = await readRecords(store, { ...query, limit: size, after });
    threads.push(...page.threads);
    if (!page.hasMore) return threads;
    after = recordCursor(page.threads.at(-1)!, query.sortBy);
  }
}
