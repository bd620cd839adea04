import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseJson } from "../../src/model/json/parse.ts";
import { printJson } from "../../src/model/json/print.ts";
import { isJsonObject, type JsonValue } from "../../src/model/json/value.ts";
import { extract, parseExtractPath, parseExtracts, THREAD_FIELDS } from "../../src/model/query/extract.ts";
import { jsonValues } from "./json/arbitrary.ts";

const values = parseJson(
  '{"messages":[{"content":"a","n":1.0},{"content":9007199254740993}],"a":{"0":"zero","":"empty","b]":1},"x":null}',
  [],
);

function find(path: string): string {
  return printJson(extract(values, parseExtractPath(path, []).steps));
}

test.each([
  ["values.messages[-1].content", "9007199254740993"],
  ["values.messages[0]", '{"content":"a","n":1.0}'],
  ["values.messages[-2].n", "1.0"],
  ["values.messages[00].n", "1.0"],
  ["values.messages[-0].n", "1.0"],
  ["values.messages.[1].content", "9007199254740993"],
  ["values.a.0", '"zero"'],
  ["values..a...0.", '"zero"'],
  ["values.a.b]", "1"],
  ["values.a[0]", "null"],
  ["values.messages.0", "null"],
  ["values.messages[2]", "null"],
  ["values.messages[-3]", "null"],
  ["values.messages[99999999999999999999999]", "null"],
  ["values.messages.content", "null"],
  ["values.messages.length", "null"],
  ["values[0]", "null"],
  ["values.x", "null"],
  ["values.x.y[0]", "null"],
  ["values.toString", "null"],
  ["values.__proto__", "null"],
  ["values.messages[0].content[0]", "null"],
])("%s finds %s", (path, found) => {
  expect(find(path)).toBe(found);
});

test("a bare document is the whole of it", () => {
  for (const document of ["values", "metadata", "config", "interrupts"]) {
    expect(parseExtractPath(document, [])).toEqual({ document, steps: [] });
  }
  expect(find("values")).toBe(printJson(values));
  expect(extract(null, parseExtractPath("values.a", []).steps)).toBeNull();
});

describe("refuses", () => {
  test.each(["", "status", "Values.a", "valuesx.a", " values", ".values", "[0]", "thread_id"])(
    "the start of %j",
    (path) => {
      expect(() => parseExtractPath(path, ["extract", "x"])).toThrow(
        "extract.x: must start with one of values, metadata, config, interrupts",
      );
    },
  );

  test.each([
    "values[",
    "values[]",
    "values.a[x]",
    "values.a[1",
    "values.a[1]b",
    "values.a[[1]]",
    "values.a[1.0]",
    "values.a[+1]",
    "values.a[ 1]",
    "values.a[--1]",
    "values.a[*]",
    "values.a[１]",
  ])("the brackets of %j", (path) => {
    expect(() => parseExtractPath(path, ["extract", "x"])).toThrow("extract.x: must have an integer");
  });

  test.each(["", "1a", "a-b", "a.b", "é", "a b", "a\n", "__proto__ "])("the alias %j", (alias) => {
    expect(() => parseExtracts([[alias, "values"]], ["extract"])).toThrow("must be an alias");
  });

  test.each(THREAD_FIELDS)("the alias %s", (alias) => {
    expect(() => parseExtracts([[alias, "values"]], ["extract"])).toThrow(
      `extract.${alias}: must not be the name of a thread's field`,
    );
  });

  test("more than ten", () => {
    const aliases = Array.from({ length: 11 }, (_, index): [string, string] => [`a${index}`, "values"]);
    expect(parseExtracts(aliases.slice(1), ["extract"]).size).toBe(10);
    expect(() => parseExtracts(aliases, ["extract"])).toThrow("extract: has more than 10 aliases");
  });
});

test("aliases keep their order and paths", () => {
  const paths = parseExtracts(
    [
      ["__proto__", "values.a"],
      ["_1", "metadata"],
    ],
    [],
  );
  expect([...paths]).toEqual([
    ["__proto__", { document: "values", steps: ["a"] }],
    ["_1", { document: "metadata", steps: [] }],
  ]);
});

/** Every value inside a document with the path that leads to it, except below keys that no path can name. */
function* places(value: JsonValue, path: string): Generator<[string, JsonValue]> {
  yield [path, value];
  if (isJsonObject(value)) {
    for (const [key, member] of value) if (/^[^.[]+$/.test(key)) yield* places(member, `${path}.${key}`);
  } else if (Array.isArray(value)) {
    for (const [index, element] of value.entries()) {
      yield* places(element, `${path}[${index}]`);
      yield* places(element, `${path}[${index - value.length}]`);
    }
  }
}

test("every path into a document finds what is there, every other null", () => {
  const steps = fc.array(fc.constantFrom(".a", ".b", ".1", ".", "[0]", "[-1]", "[1]", ".__proto__"), {
    maxLength: 4,
  });
  fc.assert(
    fc.property(jsonValues, steps, (document, other) => {
      const all = new Map(places(document, "config"));
      for (const [path, value] of all)
        expect(extract(document, parseExtractPath(path, []).steps)).toBe(value);
      const path = `config${other.join("")}`;
      const plain = path.replace(/\.+(?=[.[]|$)/g, "");
      expect(extract(document, parseExtractPath(path, []).steps)).toBe(all.get(plain) ?? null);
    }),
  );
});
