import { expect, test } from "vitest";
import { parseJsonObject } from "../../../src/model/json/parse.ts";
import {
  type Expression,
  fieldsIn,
  holds,
  type Operand,
} from "../../../src/model/query/expression/expression.ts";

const VALUES = parseJsonObject(
  '{"name":"Anna","count":3,"on":true,"off":"false","null":null,"list":["x"]}',
  [],
);

const field = (name: string): Operand => ({ kind: "field", path: [name] });
const text = (value: string | null | boolean): Operand => ({ kind: "literal", value });
const number = (digits: string): Operand => ({ kind: "literal", value: { digits } });
const equal = (name: string, right: Operand): Expression => ({ kind: "eq", left: field(name), right });
const contains = (name: string, part: string, ignoreCase = false): Expression => ({
  kind: "contains",
  text: field(name),
  part: text(part),
  ignoreCase,
});

test.each<[string, Expression, boolean]>([
  ["equal", equal("name", text("Anna")), true],
  ["another text", equal("name", text("Bert")), false],
  ["nothing is null", equal("none", text(null)), true],
  ["null is null", equal("null", text(null)), true],
  ["nothing is not empty", equal("none", text("")), false],
  ["not equal is true of nothing", { kind: "not", operand: equal("none", text("a")) }, true],
  ["greater", { kind: "gt", left: field("count"), right: number("2.5") }, true],
  ["not greater than itself", { kind: "gt", left: field("count"), right: number("3") }, false],
  ["greater or equal", { kind: "gte", left: field("count"), right: number("3") }, true],
  ["less", { kind: "lt", left: field("count"), right: number("3.5") }, true],
  ["less or equal", { kind: "lte", left: field("count"), right: number("2") }, false],
  ["nothing is in no order", { kind: "gte", left: field("none"), right: text(null) }, false],
  ["one of some", { kind: "in", left: field("count"), operands: [text("a"), number("3")] }, true],
  ["none of some", { kind: "in", left: field("count"), operands: [text("a")] }, false],
  ["one of none", { kind: "in", left: field("count"), operands: [] }, false],
  ["holds", contains("name", "nn"), true],
  ["holds in another case", contains("name", "ANNA"), false],
  ["holds in any case", contains("name", "ANNA", true), true],
  ["a list holds its JSON", contains("list", '["x"'), true],
  ["nothing holds nothing", contains("none", ""), false],
  ["a field that is true", { kind: "and", operands: [field("on"), field("count")] }, true],
  ["a field that spells false", { kind: "or", operands: [field("off"), field("none")] }, false],
  ["a condition as value", { kind: "eq", left: equal("on", text(true)), right: text("true") }, true],
  ["exists", { kind: "not", operand: { kind: "convert", operand: field("none"), to: "exists" } }, true],
])("%s", (_, expression, expected) => {
  expect(holds(expression, ([name]) => VALUES.get(name!) ?? null)).toBe(expected);
});

test("every field is found, wherever it stands", () => {
  const everywhere: Expression = {
    kind: "and",
    operands: [
      equal("a", { kind: "convert", operand: field("b"), to: "int" }),
      { kind: "or", operands: [{ kind: "not", operand: contains("c", "x") }] },
      { kind: "in", left: field("d"), operands: [field("e")] },
      { kind: "contains", text: text("x"), part: field("f"), ignoreCase: false },
    ],
  };
  expect(fieldsIn(everywhere).flat()).toEqual(["a", "b", "c", "d", "e", "f"]);
});
