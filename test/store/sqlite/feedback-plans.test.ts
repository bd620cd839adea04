import { afterAll, beforeAll, expect, it } from "vitest";
import type { Feedback, FeedbackQuery } from "../../../src/model/feedback/feedback.ts";
import type { Expression } from "../../../src/model/query/expression/expression.ts";
import { feedbackPages } from "../../../src/store/sqlite/reads/feedback/feedback-query.ts";
import { feedback, feedbackQuery, NOW } from "../builders.ts";
import { draft } from "../record-builders.ts";
import { openTemporaryStore, type TemporaryStore } from "../temporary-store.ts";
import { plansOf, statementsOf } from "./plans.ts";

let temporary: TemporaryStore;

beforeAll(async () => {
  temporary = await openTemporaryStore();
  const { store } = temporary;
  const many = Array.from({ length: 1_000 }, (_, index): Partial<Feedback> => {
    return { id: `${index}`, createdAt: 1_000 + index, feedbackType: index % 2 ? "odd" : "even" };
  });
  await store.createFeedback(...many.map(feedback));
  await store.createThread(draft({ threadId: "gone", now: 0, ttl: { strategy: "delete", minutes: 1 } }));
});
afterAll(() => temporary.close());

const is = (field: string, value: string): Expression => ({
  kind: "eq",
  left: { kind: "field", path: [field] },
  right: { kind: "literal", value },
});

const since: Expression = {
  kind: "gte",
  left: { kind: "field", path: ["created_at"] },
  right: { kind: "literal", value: { instant: 1_990 } },
};

const newest = [{ path: ["created_at"], direction: "desc" as const }];
const STRETCH = "(created_at,feedback_id)";

it.each<[string, Partial<FeedbackQuery>, string]>([
  ["all", {}, `feedback_by_created_at (project=? AND ${STRETCH}>(?,?) AND created_at<?)`],
  [
    "the newest",
    { sort: newest },
    `feedback_by_created_at (project=? AND created_at>? AND ${STRETCH}<(?,?))`,
  ],
  [
    "all since a time",
    { where: since },
    `feedback_by_created_at (project=? AND ${STRETCH}>(?,?) AND created_at<?)`,
  ],
  ["of an id", { where: is("id", "7") }, "feedback_by_key (project=? AND feedback_id=?)"],
  [
    "of two ids, in another order",
    {
      where: { kind: "or", operands: [is("id", "7"), is("id", "8")] },
      sort: [{ path: ["creator"], direction: "asc" }],
    },
    "feedback_by_key (project=? AND feedback_id=?)",
  ],
  [
    "on one thing",
    { where: is("weave_ref", feedback().weaveRef) },
    `feedback_by_ref (project=? AND weave_ref=? AND ${STRETCH}>(?,?) AND created_at<?)`,
  ],
  [
    "of a type that says something",
    { where: { kind: "and", operands: [is("feedback_type", "odd"), is("payload", "x")] } },
    `feedback_by_type (project=? AND feedback_type=? AND ${STRETCH}>(?,?) AND created_at<?)`,
  ],
])("feedback, %s, is found by index", (_name, given, index) => {
  const plans = plansOf(temporary.file, (db) =>
    feedbackPages(db, feedbackQuery({ limit: 10, now: NOW, ...given })),
  );
  expect(plans.filter((plan) => /SCAN (?!named)/.test(plan))).toEqual([]);
  const searches = plans.filter((plan) => /SEARCH feedback /.test(plan) && !/PRIMARY KEY/.test(plan));
  const ofFeedback = [...new Set(searches)];
  expect(ofFeedback).toEqual([expect.stringMatching(/^SEARCH feedback USING (COVERING )?INDEX /)]);
  expect(ofFeedback[0]).toContain(index);
  // Only the few that are named are sorted.
  expect(plans.some((plan) => /TEMP B-TREE/.test(plan))).toBe(index.startsWith("feedback_by_key"));
});

it("feedback is looked at, and its body read, only where that is asked", () => {
  const ran = (given: Partial<FeedbackQuery>) =>
    statementsOf(temporary.file, (db) => feedbackPages(db, feedbackQuery({ limit: 3, ...given })));
  const bodies = (given: Partial<FeedbackQuery>) =>
    ran(given).filter((sql) => sql.includes("feedback_body")).length;
  const rows = (given: Partial<FeedbackQuery>) =>
    ran(given).filter((sql) => sql.includes("target_kind")).length;
  expect([rows({}), bodies({})]).toEqual([3, 3]);
  expect(rows({ offset: 900 })).toBe(3);
  const creator = is("creator", "none");
  expect([rows({ where: creator }), bodies({ where: creator })]).toEqual([1_000, 0]);
  expect(rows({ where: { kind: "and", operands: [since, creator] } })).toBe(10);
  expect(bodies({ where: is("feedback_type", "odd"), offset: 100 })).toBe(3);
});

it("what goes with expired threads is looked up", async () => {
  const targets = (["conversation", "turn", "call"] as const).map((kind) => ({ kind, id: "it" }));
  const all = targets.map((target, index) => feedback({ projectId: "hiding", id: `${index}`, target }));
  const ttl = { strategy: "delete" as const, minutes: 1 };
  await temporary.store.createFeedback(...all);
  await temporary.store.createThread(draft({ projectId: "hiding", threadId: "gone", now: 0, ttl }));
  const query = feedbackQuery({ projectId: "hiding", now: 60_000_000 });
  const plans = plansOf(temporary.file, (db) => feedbackPages(db, query));
  for (const found of [
    /thread USING INDEX thread_by_key/,
    /trace USING .*trace_by_key/,
    /call USING .*call_by_key/,
  ]) {
    expect(plans.filter((plan) => found.test(plan)).length).toBeGreaterThan(0);
  }
  expect(plans.filter((plan) => /SCAN|TEMP B-TREE/.test(plan))).toEqual([]);
});
