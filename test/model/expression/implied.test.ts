import { expect, test } from "vitest";
import type { Expression, Operand } from "../../../src/model/query/expression/expression.ts";
import { conjuncts, periodOf, textsOf } from "../../../src/model/query/expression/implied.ts";

const field = (...path: string[]): Operand => ({ kind: "field", path });
const literal = (value: string | null): Operand => ({ kind: "literal", value });
const number = (digits: string): Operand => ({ kind: "literal", value: { digits } });
const eq = (left: Operand, right: Operand): Expression => ({ kind: "eq", left, right });
const or = (...operands: Operand[]): Expression => ({ kind: "or", operands });
const and = (...operands: Operand[]): Expression => ({ kind: "and", operands });
const isA = eq(field("name"), literal("a"));
const isB = eq(literal("b"), field("name"));

test("what must hold is every part of an and, however deep, and else the whole", () => {
  expect(conjuncts(isA)).toEqual([isA]);
  expect(conjuncts(and(isA, and(isB, or(isA, isB))))).toEqual([isA, isB, or(isA, isB)]);
  expect(conjuncts(and(isA, literal("true"), field("on")))).toEqual([isA]);
});

test.each<[string, Expression, string[] | null]>([
  ["one it equals", isA, ["a"]],
  ["one that equals it", isB, ["b"]],
  ["those it is in", { kind: "in", left: field("name"), operands: [literal("a"), literal("b")] }, ["a", "b"]],
  ["those of an or", or(isA, or(isB, isA)), ["a", "b", "a"]],
  ["none of an empty list", { kind: "in", left: field("name"), operands: [] }, []],
  ["anything where an or says something else, too", or(isA, eq(field("other"), literal("b"))), null],
  ["anything where an or holds what is no condition", or(isA, field("on")), null],
  ["anything where it equals another field", eq(field("name"), field("other")), null],
  ["anything where it equals what is no text", eq(field("name"), literal(null)), null],
  [
    "anything where one of a list is no text",
    { kind: "in", left: field("name"), operands: [number("1")] },
    null,
  ],
  ["anything where another field is in a list", { kind: "in", left: field("other"), operands: [] }, null],
  ["anything where something in it is asked for", eq(field("name", "first"), literal("a")), null],
  ["anything where another field is equal", eq(field("other"), literal("a")), null],
  ["anything of another comparison", { kind: "gt", left: field("name"), right: literal("a") }, null],
])("a field may be %s", (_, expression, texts) => {
  expect(textsOf(expression, "name")).toEqual(texts);
});

const SECOND = 1_000_000;

function compare(kind: "eq" | "gt" | "gte" | "lt" | "lte", left: Operand, right: Operand): Expression {
  return { kind, left, right };
}

test.each<[string, Expression[], { from: number | null; to: number | null }]>([
  ["without conditions", [], { from: null, to: null }],
  ["after a moment", [compare("gt", field("at"), number("1"))], { from: SECOND, to: null }],
  ["before one", [compare("lte", field("at"), number("2"))], { from: null, to: 2 * SECOND }],
  ["that a moment is before", [compare("lt", number("1"), field("at"))], { from: SECOND, to: null }],
  ["that a moment is after", [compare("gte", number("2"), field("at"))], { from: null, to: 2 * SECOND }],
  ["that is a moment", [compare("eq", field("at"), number("1"))], { from: SECOND, to: SECOND }],
  [
    "between the nearest of several",
    [1, 3, 2].flatMap((from) => [
      compare("gte", field("at"), number(`${from}`)),
      compare("lt", field("at"), number(`${from + 3}`)),
    ]),
    { from: 3 * SECOND, to: 4 * SECOND },
  ],
  [
    "of conditions that say nothing of it",
    [
      compare("gt", field("other"), number("1")),
      compare("gt", field("at"), field("other")),
      compare("gt", field("at"), literal(null)),
      { kind: "in", left: field("at"), operands: [number("1")] },
      and(compare("gt", field("at"), number("1"))),
    ],
    { from: null, to: null },
  ],
])("the period of a time %s", (_, conditions, period) => {
  expect(periodOf(conditions, "at")).toEqual(period);
});
