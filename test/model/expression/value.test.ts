import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseJson } from "../../../src/model/json/parse.ts";
import { printJson } from "../../../src/model/json/print.ts";
import {
  type Conversion,
  compareValues,
  convert,
  equalValues,
  type Value,
} from "../../../src/model/query/expression/value.ts";
import { jsonValues } from "../json/arbitrary.ts";

/** A value written as JSON, but for a moment: that is `@` and its microseconds. */
function written(text: string): Value {
  return text.startsWith("@") ? { instant: Number(text.slice(1)) } : parseJson(text, []);
}

describe("values compare", () => {
  test.each([
    ["1", "2"],
    ["1", "1.5"],
    ["9007199254740992", "9007199254740993"],
    ["1e400", "1e401"],
    ['"10"', '"9"'],
    ['"10"', "11"],
    ["9", '"10"'],
    ['" 2.5 "', "3"],
    ["false", "true"],
    ["false", '"true"'],
    ["false", "1"],
    ["true", "1.5"],
    ['"\\uffff"', '"\u{10000}"'],
    ['["a"]', '"a"'],
    ['{"a":1}', '{"a":2}'],
    ["@1", "@2"],
    ["@1000000", "1.5"],
    ["1.499999", "@1500000"],
  ])("%s before %s", (a, b) => {
    expect(compareValues(written(a), written(b))).toBeLessThan(0);
    expect(compareValues(written(b), written(a))).toBeGreaterThan(0);
    expect(equalValues(written(a), written(b))).toBe(false);
  });

  test.each([
    ["1", "1.0"],
    ["1", '"1e0"'],
    ["true", "1"],
    ["true", '"true"'],
    ["true", '"2"'],
    ["[1, 2]", '"[1,2]"'],
    ["@1500000", "1.5"],
    ["null", "null"],
  ])("%s equals %s", (a, b) => {
    expect([equalValues(written(a), written(b)), equalValues(written(b), written(a))]).toEqual([true, true]);
  });

  test.each([
    ["null", "0"],
    ["null", '""'],
    ["1", '"one"'],
    ["1", '"0x1"'],
    ["1", '""'],
    ["1", "[1]"],
    ["true", '"yes"'],
    ["true", "{}"],
    ["@1", '"1970-01-01T00:00:00Z"'],
    ["@1", "true"],
  ])("%s with %s not at all", (a, b) => {
    expect([compareValues(written(a), written(b)), compareValues(written(b), written(a))]).toEqual([
      null,
      null,
    ]);
  });

  test("either way round alike, and with themselves as equal", () => {
    fc.assert(
      fc.property(jsonValues, jsonValues, (a, b) => {
        const [order, reverse] = [compareValues(a, b), compareValues(b, a)];
        expect(order === null ? null : Math.sign(order) + 0).toBe(
          reverse === null ? null : 0 - Math.sign(reverse),
        );
        expect(equalValues(a, a)).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });
});

test.each<[string, Conversion, string]>([
  ["null", "exists", "false"],
  ['""', "exists", "true"],
  ["null", "string", "null"],
  ["1.50", "string", '"1.50"'],
  ["false", "string", '"false"'],
  ['{"a" : [1]}', "string", '"{\\"a\\":[1]}"'],
  ["@1500000", "string", '"1970-01-01T00:00:01.500000Z"'],
  ['"1.50"', "double", "1.50"],
  ['"a"', "double", "null"],
  ["true", "double", "1"],
  ["[1]", "double", "null"],
  ["@1500000", "double", "1.5"],
  ["1.9", "int", "1"],
  ['"-1.9"', "int", "-1"],
  ["1.2345e2", "int", "123"],
  ["1e400", "int", "null"],
  ["123456789012345678901.5", "int", "123456789012345678901"],
  ["0.0", "bool", "false"],
  ['"0.5"', "bool", "true"],
  ['"yes"', "bool", "null"],
  ["@1", "bool", "null"],
])("%s as %s is %s", (value, to, expected) => {
  const converted = convert(written(value), to);
  expect(printJson(converted as Parameters<typeof printJson>[0])).toBe(expected);
});
