import fc from "fast-check";
import { expect } from "vitest";
import type { Feedback, FeedbackQuery, FeedbackTarget } from "../../../src/model/feedback/feedback.ts";
import type { Expression, FieldPath, Operand } from "../../../src/model/query/expression/expression.ts";
import type { Value } from "../../../src/model/query/expression/value.ts";
import type { Store } from "../../../src/store/store.ts";
import { feedback, feedbackQuery, PROJECT, span } from "../builders.ts";
import { start } from "../call-builders.ts";
import { createNaiveStore } from "../naive-store.ts";
import { draft } from "../record-builders.ts";
import { check, PROPERTY_TIMEOUT, projects } from "./check.ts";
import type { DefineTest } from "./describe-store.ts";

const field = (...path: string[]): Operand => ({ kind: "field", path });
const literal = (value: Value): Operand => ({ kind: "literal", value });

/** A comparison of a field with a value. */
function says(path: FieldPath, kind: "eq" | "gt" | "gte" | "lt", value: Value): Expression {
  return { kind, left: field(...path), right: literal(value) };
}

async function read(store: Store, given: Partial<FeedbackQuery>): Promise<Feedback[]> {
  return (await Array.fromAsync(store.queryFeedback(feedbackQuery(given)))).flat();
}

async function idsOf(store: Store, given: Partial<FeedbackQuery>): Promise<string[]> {
  return (await read(store, given)).map(({ id }) => id);
}

/** Feedback asked for by conditions, in an order, page by page. */
export function feedbackQueryTests(test: DefineTest): void {
  test("feedback comes as it was stored, the oldest first, of its project alone", async ({ store }) => {
    const full = feedback({
      id: "2",
      createdAt: 2_000,
      feedbackType: "wandb.runnable.score",
      target: { kind: "call", id: "call" },
      weaveRef: "weave:///entity/project/call/call",
      payloadJson: '{"n": 12345678901234567890, "text": "\\ud83d"}',
      creator: "Ada",
      userId: "user",
      tags: ["\u{1F44D}"],
      ratings: [{ name: "__proto__", value: 0.5, reason: "short", confidence: null }],
      extraJson: '{"call_ref":"ref"}',
    });
    const all = [full, feedback({ id: "3", createdAt: 2_000 }), feedback({ id: "1", createdAt: 1_000 })];
    for (const each of all) await store.createFeedback(each, { ...each, projectId: "another" });
    const [two, three, one] = all;
    expect(await read(store, {})).toEqual([one, two, three]);
    expect(await read(store, { sort: [{ path: ["created_at"], direction: "desc" }] })).toEqual([
      three,
      two,
      one,
    ]);
    expect(await read(store, { projectId: "none" })).toEqual([]);
    await store.deleteFeedback({ projectId: PROJECT, ids: ["2"] });
    expect(await read(store, {})).toEqual([one, three]);
  });

  test("feedback is found by what it is, says and holds", async ({ store }) => {
    const given: Partial<Feedback>[] = [
      { weaveRef: "a", feedbackType: "note", payloadJson: '{"note":"good","n":[1,2.50]}' },
      { weaveRef: "b", feedbackType: "note", creator: "Ada", extraJson: '{"call_ref":"c"}' },
      { weaveRef: "a", feedbackType: "reaction", tags: ["x"] },
      { weaveRef: "a", target: { kind: "turn", id: "trace" } },
    ];
    const all = given.map((each, index) => feedback({ id: `${index}`, createdAt: 1_000 + index, ...each }));
    await store.createFeedback(...all);
    const found = (where: Expression) => idsOf(store, { where });
    const id = (value: string) => says(["id"], "eq", value);
    expect(await found(id("1"))).toEqual(["1"]);
    expect(await found({ kind: "or", operands: [id("2"), id("0"), id("none"), id("2")] })).toEqual([
      "0",
      "2",
    ]);
    expect(await found({ kind: "in", left: field("id"), operands: [] })).toEqual([]);
    expect(await found(says(["weave_ref"], "eq", "a"))).toEqual(["0", "2", "3"]);
    expect(await found({ kind: "eq", left: literal("b"), right: field("weave_ref") })).toEqual(["1"]);
    expect(
      await found({ kind: "in", left: field("weave_ref"), operands: ["b", "a", "b"].map(literal) }),
    ).toEqual(["0", "1", "2", "3"]);
    expect(await found({ kind: "and", operands: [says(["feedback_type"], "eq", "note"), id("0")] })).toEqual([
      "0",
    ]);
    expect(await found({ kind: "not", operand: says(["feedback_type"], "eq", "note") })).toEqual(["2", "3"]);
    expect(await found(says(["payload", "note"], "eq", "good"))).toEqual(["0"]);
    expect(await found(says(["payload", "n", "1"], "gt", { digits: "2.4" }))).toEqual(["0"]);
    expect(await found(says(["call_ref"], "eq", "c"))).toEqual(["1"]);
    expect(await found(says(["creator"], "eq", null))).toEqual(["0", "2", "3"]);
    expect(await found(says(["scorer_tags", "0"], "eq", "x"))).toEqual(["2"]);
    expect(await found(says(["span_trace_id"], "eq", "trace"))).toEqual(["3"]);
    expect(await found(says(["created_at"], "gte", { instant: 1_002 }))).toEqual(["2", "3"]);
    expect(await found(says(["created_at"], "lt", { digits: "0.001002" }))).toEqual(["0", "1"]);
    expect(
      await found({
        kind: "and",
        operands: [says(["weave_ref"], "eq", "a"), says(["created_at"], "gt", { instant: 1_000 })],
      }),
    ).toEqual(["2", "3"]);
  });

  test("feedback in an order of its fields comes with nothing last, and ties by creation", async ({
    store,
  }) => {
    const payloads = ['{"n":10}', "{}", '{"n":9.5}', '{"n":"a"}', '{"n":9.50}', '{"n":null}'];
    const all = payloads.map((payloadJson, index) =>
      feedback({ id: `${index}`, createdAt: 1_000 + index, payloadJson, creator: index % 2 ? "odd" : null }),
    );
    await store.createFeedback(...all);
    const sorted = (...sort: FeedbackQuery["sort"]) => idsOf(store, { sort });
    expect(await sorted({ path: ["payload", "n"], direction: "asc" })).toEqual([
      "2",
      "4",
      "0",
      "3",
      "1",
      "5",
    ]);
    expect(await sorted({ path: ["payload", "n"], direction: "desc" })).toEqual([
      "3",
      "0",
      "4",
      "2",
      "5",
      "1",
    ]);
    expect(
      await sorted({ path: ["creator"], direction: "asc" }, { path: ["created_at"], direction: "desc" }),
    ).toEqual(["5", "3", "1", "4", "2", "0"]);
    const page = { sort: [{ path: ["payload", "n"], direction: "asc" as const }], offset: 1, limit: 2 };
    expect(await idsOf(store, page)).toEqual(["4", "0"]);
  });

  test("much feedback comes page by page, each piece once", async ({ store }) => {
    const all = Array.from({ length: 1_234 }, (_, index) =>
      feedback({
        id: String(index).padStart(4, "0"),
        createdAt: 1_000 + Math.floor(index / 7),
        feedbackType: index % 2 ? "odd" : "even",
        payloadJson: JSON.stringify({ index }),
      }),
    );
    await store.createFeedback(...all.toReversed());
    const ids = all.map(({ id }) => id);
    expect(await idsOf(store, {})).toEqual(ids);
    const desc = [{ path: ["created_at"], direction: "desc" as const }];
    expect(await idsOf(store, { sort: desc, offset: 700, limit: 100 })).toEqual(
      ids.toReversed().slice(700, 800),
    );
    const odd = ids.filter((_, index) => index % 2);
    const where = says(["feedback_type"], "eq", "odd");
    expect(await idsOf(store, { where, offset: 510, limit: 5 })).toEqual(odd.slice(510, 515));
    expect(await idsOf(store, { where, sort: desc })).toEqual(odd.toReversed());
    const late = says(["payload", "index"], "gte", { digits: "1200" });
    expect(await idsOf(store, { where: late, limit: 10 })).toEqual(ids.slice(1_200, 1_210));
    expect(await idsOf(store, { limit: 0 })).toEqual([]);
    expect(await idsOf(store, { offset: 2_000 })).toEqual([]);
  });

  test("feedback on what has expired is passed over, whether it was swept or not", async ({ store }) => {
    const due = 60_000_000;
    await store.writeSpans([
      span({ traceId: "own", thread: "thread" }),
      span({ traceId: "shared", spanId: "a", thread: "thread" }),
      span({ traceId: "shared", spanId: "b", thread: "other" }),
    ]);
    await store.writeCalls([
      { kind: "start", start: start("call", { traceId: "calls", threadId: "thread" }) },
      { kind: "start", start: start("free", { traceId: "calls" }) },
    ]);
    await store.createThread(draft({ threadId: "thread", now: 0, ttl: { strategy: "delete", minutes: 1 } }));
    const targets: [FeedbackTarget["kind"], string][] = [
      ["conversation", "thread"],
      ["turn", "own"],
      ["call", "call"],
      ["span", "call"],
      ["conversation", "other"],
      ["turn", "shared"],
      ["turn", "none"],
      ["call", "free"],
      ["other", "thread"],
    ];
    const all = targets.map(([kind, id], index) => feedback({ id: `${index}`, target: { kind, id } }));
    await store.createFeedback(...all);
    expect(await idsOf(store, { now: due - 1 })).toEqual(all.map(({ id }) => id));
    const left = ["4", "5", "6", "7", "8"];
    expect(await idsOf(store, { now: due })).toEqual(left);
    expect(await idsOf(store, { now: due, where: says(["id"], "eq", "0") })).toEqual([]);
    await store.sweepExpired(due, 10);
    expect(await idsOf(store, { now: due - 1 })).toEqual(left);
  });

  test(
    "whatever is asked, the answer is that of looking at everything",
    async ({ store }) => {
      const nextProject = projects();
      await check(fc.record({ all: stored, queries: fc.array(query, { maxLength: 6 }) }), async (example) => {
        const naive = createNaiveStore();
        const projectId = nextProject();
        const all = example.all.map((each) => ({ ...each, projectId }));
        for (const each of [store, naive]) await each.createFeedback(...all);
        for (const given of example.queries) {
          expect(await read(store, { ...given, projectId })).toEqual(
            await read(naive, { ...given, projectId }),
          );
        }
      });
    },
    PROPERTY_TIMEOUT,
  );
}

const text = fc.constantFrom("a", "b", "c");

const stored = fc
  .array(
    fc.record({
      createdAt: fc.nat(3),
      feedbackType: text,
      weaveRef: text,
      creator: fc.option(text),
      payloadJson: fc.constantFrom('{"a":"b"}', '{"a":2}', '{"a":{"b":[1]}}', '{"a":null}', "{}"),
      tags: fc.array(text, { maxLength: 2 }),
    }),
    { maxLength: 20 },
  )
  .map((all) => all.map((each, index) => feedback({ ...each, id: `${(index * 7) % 20}` })));

const path: fc.Arbitrary<FieldPath> = fc.constantFrom(
  ["id"],
  ["weave_ref"],
  ["feedback_type"],
  ["created_at"],
  ["creator"],
  ["payload", "a"],
  ["payload", "a", "b", "0"],
  ["scorer_tags", "1"],
);

const value: fc.Arbitrary<Value> = fc.constantFrom<Value[]>(
  "a",
  "b",
  "3",
  { digits: "2" },
  { digits: "0.000002" },
  { instant: 1 },
  { instant: 2 },
  null,
  true,
);

const { expression } = fc.letrec<{ expression: Expression; operand: Operand }>((tie) => {
  const operands = fc.array(tie("operand"), { minLength: 1, maxLength: 3 });
  const named = fc.record({ kind: fc.constant("field" as const), path });
  const given = fc.record({ kind: fc.constant("literal" as const), value });
  return {
    operand: fc.oneof({ depthSize: "small", withCrossShrink: true }, named, given, tie("expression")),
    expression: fc.oneof(
      { depthSize: "small", withCrossShrink: true },
      fc.record({ kind: fc.constantFrom("eq", "eq", "gt", "gte", "lt", "lte"), left: named, right: given }),
      fc.record({ kind: fc.constantFrom("eq", "gt", "lte"), left: given, right: named }),
      fc.record({ kind: fc.constant("in"), left: named, operands: fc.array(given, { maxLength: 3 }) }),
      fc.record({ kind: fc.constantFrom("and", "and", "or"), operands }),
      fc.record({ kind: fc.constant("not"), operand: tie("operand") }),
    ) as fc.Arbitrary<Expression>,
  };
});

const query: fc.Arbitrary<Partial<FeedbackQuery>> = fc.record({
  where: fc.option(expression, { nil: null }),
  sort: fc.array(fc.record({ path, direction: fc.constantFrom("asc", "desc") }), { maxLength: 2 }),
  limit: fc.option(fc.nat(8), { nil: null }),
  offset: fc.nat(3),
});
