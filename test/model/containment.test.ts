import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseJson, parseJsonObject } from "../../src/model/json/parse.ts";
import { isJsonObject, type JsonValue } from "../../src/model/json/value.ts";
import { checkFilter, containment, MAX_FILTER_ELEMENTS } from "../../src/model/query/containment.ts";
// What PostgreSQL 15 answers to `document::jsonb @> filter::jsonb`.
import recorded from "../fixtures/jsonb-containment.json" with { type: "json" };
import { holdsPart } from "../store/naive/contains.ts";
import { jsonObjects, jsonValues, partOf } from "./json/arbitrary.ts";

function contains(document: JsonValue, filter: JsonValue): boolean {
  return containment(filter)(document);
}

test("answers what PostgreSQL answers", () => {
  const answers = recorded.map(([document, filter]) => [
    document,
    filter,
    contains(parseJson(document as string, []), parseJson(filter as string, [])),
  ]);
  expect(answers).toEqual(recorded);
  expect(recorded.length).toBeGreaterThan(200);
});

describe("for any document", () => {
  const pairs = jsonValues.chain((document) =>
    fc.tuple(fc.constant(document), fc.oneof(partOf(document), jsonValues)),
  );

  test("a filter is contained as the plain rule says", () => {
    let found = 0;
    fc.assert(
      fc.property(pairs, ([document, filter]) => {
        const expected = holdsPart(document, filter);
        found += expected ? 1 : 0;
        expect(contains(document, filter)).toBe(expected);
      }),
      { numRuns: 2000 },
    );
    expect(found).toBeGreaterThan(0);
  });

  test("it contains itself and its parts, and the parts of its parts", () => {
    const chains = jsonValues.chain((document) =>
      partOf(document).chain((part) => fc.tuple(fc.constant(document), fc.constant(part), partOf(part))),
    );
    fc.assert(
      fc.property(chains, ([document, part, smallest]) => {
        expect(contains(document, document)).toBe(true);
        expect(contains(document, part)).toBe(true);
        expect(contains(part, smallest)).toBe(true);
        expect(contains(document, smallest)).toBe(true);
      }),
    );
  });

  test("what it contains stays contained when keys are added", () => {
    fc.assert(
      fc.property(jsonObjects, jsonObjects, jsonObjects, (document, more, filter) => {
        const grown = new Map([...more, ...document]);
        expect(contains(grown, document)).toBe(true);
        if (contains(document, filter)) expect(contains(grown, filter)).toBe(true);
      }),
    );
  });

  test("the order of keys and elements does not matter", () => {
    const reversed = (value: JsonValue): JsonValue => {
      if (isJsonObject(value)) {
        return new Map([...value].reverse().map(([key, member]) => [key, reversed(member)]));
      }
      return Array.isArray(value) ? value.map(reversed).reverse() : value;
    };
    fc.assert(
      fc.property(pairs, ([document, filter]) => {
        expect(contains(reversed(document), filter)).toBe(contains(document, filter));
        expect(contains(document, reversed(filter))).toBe(contains(document, filter));
      }),
    );
  });
});

test("numbers with more digits than a machine number holds are told apart", () => {
  const digits = "1".repeat(10_000);
  expect(contains({ digits: `${digits}1` }, { digits: `${digits}1.0` })).toBe(true);
  expect(contains({ digits: `${digits}1` }, { digits: `${digits}2` })).toBe(false);
});

test("a filter has a bounded number of objects and arrays inside arrays", () => {
  const check = (text: string) => checkFilter(parseJsonObject(text, []), ["metadata"]);
  const list = (element: string, count: number) => Array(count).fill(element).join(",");
  check(`{"a":[${list("1", 10_000)}],"b":{"c":{"d":[]}}}`);
  check(`{"a":[${list("{}", MAX_FILTER_ELEMENTS)}]}`);
  const message = "metadata: has more than 100 objects and arrays inside arrays";
  expect(() => check(`{"a":[${list("{}", MAX_FILTER_ELEMENTS + 1)}]}`)).toThrow(message);
  expect(() => check(`{"a":[{"b":[${list("[1]", MAX_FILTER_ELEMENTS - 1)}]}]}`)).toThrow(message);
});
