import Database from "better-sqlite3";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { THREAD_SORT_FIELDS, type ThreadQuery } from "../../../src/model/threads/thread.ts";
import { spanPages } from "../../../src/store/sqlite/reads/spans/span-query.ts";
import { threadPages } from "../../../src/store/sqlite/reads/threads/thread-query.ts";
import { feedback, NOW, PROJECT, span, spansQuery, threadQuery } from "../builders.ts";
import { draft } from "../record-builders.ts";
import { openTemporaryStore, type TemporaryStore } from "../temporary-store.ts";

/** When two of the threads have expired. */
const EXPIRED = NOW + 60_000_000;

let temporary: TemporaryStore;

beforeAll(async () => {
  temporary = await openTemporaryStore();
  const { store } = temporary;
  await store.writeSpans(
    Array.from({ length: 600 }, (_, i) =>
      span({
        traceId: `trace ${i}`,
        thread: `thread ${i}`,
        startedAt: 1_000 + i,
        ...(i % 3 ? {} : { endedAt: null }),
      }),
    ),
  );
  for (const threadId of ["thread 3", "thread 7"]) {
    await store.createThread(draft({ threadId, ttl: { strategy: "delete", minutes: 1 } }));
  }
  await store.createFeedback(feedback({ id: "1" }));
  await store.createFeedback(feedback({ id: "2", target: { kind: "turn", id: "trace 1" } }));
});
afterAll(() => temporary.close());

/** Runs a read on a connection that listens, and returns the plan of every statement it ran. */
function plansOf(read: (db: Database.Database) => Iterable<unknown>): string[] {
  const statements = new Set<string>();
  const db = new Database(temporary.file, {
    readonly: true,
    verbose: (sql) => statements.add(String(sql)),
  });
  try {
    for (const _batch of read(db));
    const ran = [...statements];
    return ran.flatMap((sql) =>
      db
        .prepare<[], { detail: string }>(`EXPLAIN QUERY PLAN ${sql}`)
        .all()
        .map(({ detail }) => detail),
    );
  } finally {
    db.close();
  }
}

const SORTS = THREAD_SORT_FIELDS.flatMap((field) =>
  (["asc", "desc"] as const).map((direction) => ({ field, direction })),
);

describe("a page of threads", () => {
  const ofThreads = (plans: string[]) =>
    plans.filter((plan) => /\bthread\b/.test(plan) && !/thread_by_end/.test(plan));

  it.each(SORTS)("by $field $direction walks the index of that order", ({ field, direction }) => {
    const pages: Partial<ThreadQuery>[] = [
      { limit: 50 },
      { limit: 50, offset: 500 },
      { limit: null },
      { limit: 50, offset: 500, now: EXPIRED },
      { limit: 50, after: { values: [field === "thread_id" ? "thread 3" : 5], threadId: "thread 3" } },
    ];
    for (const page of pages) {
      const plans = plansOf((db) => threadPages(db, threadQuery({ sort: [{ field, direction }], ...page })));
      expect(plans).not.toEqual([]);
      expect(plans.filter((plan) => /SCAN thread|TEMP B-TREE/.test(plan))).toEqual([]);
      const index = `thread_by_${field.replace("_turn_duration_ms", "")}`;
      for (const plan of ofThreads(plans))
        expect(plan).toContain(`SEARCH thread USING INDEX ${index} (project=?`);
    }
  });

  it("within dates on its sort key reads that stretch of the index only", () => {
    const since = threadQuery({
      sort: [{ field: "start_time", direction: "desc" }],
      startedAfter: 1_500,
      limit: 50,
    });
    expect(ofThreads(plansOf((db) => threadPages(db, since)))).toEqual([
      "SEARCH thread USING INDEX thread_by_start_time (project=? AND start_time>?)",
    ]);
    const until = threadQuery({
      sort: [{ field: "last_updated", direction: "desc" }],
      updatedBefore: 1_500,
      limit: 50,
    });
    expect(ofThreads(plansOf((db) => threadPages(db, until)))).toEqual([
      "SEARCH thread USING INDEX thread_by_last_updated (project=? AND last_updated<?)",
    ]);
  });

  it("that names thread_id to break ties walks the same index", () => {
    const sort = (["last_updated", "thread_id"] as const).map((field) => ({
      field,
      direction: "asc" as const,
    }));
    expect(ofThreads(plansOf((db) => threadPages(db, threadQuery({ sort, limit: 50 }))))).toEqual([
      "SEARCH thread USING INDEX thread_by_last_updated (project=?)",
    ]);
  });

  it("finds those that it has to hide in an index of their own", () => {
    const plans = plansOf((db) => threadPages(db, threadQuery({ limit: 50, now: EXPIRED })));
    expect(plans.filter((plan) => /thread_by_end/.test(plan))).toEqual([
      expect.stringMatching(
        /^SEARCH thread USING (COVERING )?INDEX thread_by_end \(project=\? AND expires_at<\?\)$/,
      ),
    ]);
  });

  it("of named threads looks each of them up", () => {
    const plans = plansOf((db) => threadPages(db, threadQuery({ threadIds: ["thread 1", "thread 2"] })));
    expect(ofThreads(plans)).toEqual([
      "SEARCH thread USING INDEX thread_by_thread_id (project=? AND thread_id=?)",
      "SEARCH thread USING INTEGER PRIMARY KEY (rowid=?)",
    ]);
  });
});

describe("the spans of conversations", () => {
  it.each([
    { name: "in full", query: {} },
    { name: "within times", query: { startedAfter: 1_000, startedBefore: 2_000 } },
    { name: "capped", query: { maxSpansPerConversation: 1 } },
  ])("$name are found by index, without touching a payload", ({ query }) => {
    const plans = plansOf((db) => spanPages(db, spansQuery(["thread 1", "thread 2", "none"], query)));
    expect(plans.filter((plan) => /^SCAN|USE TEMP B-TREE FOR ORDER BY/.test(plan))).toEqual([]);
    expect(plans.filter((plan) => /payload|message|origin|body/.test(plan))).toEqual([]);
    expect(plans.some((plan) => plan.startsWith("SEARCH span USING INDEX span_by_thread (thread=?"))).toBe(
      true,
    );
    expect(
      plans.some((plan) =>
        plan.startsWith(
          "SEARCH feedback USING INDEX feedback_by_target (project=? AND target_kind=? AND target_id=?",
        ),
      ),
    ).toBe(true);
  });

  it("of an unknown project read nothing else", () => {
    const plans = plansOf((db) => spanPages(db, spansQuery(["thread 1"], { projectId: `${PROJECT}?` })));
    expect(plans.filter((plan) => !/project/.test(plan))).toEqual([]);
  });
});
