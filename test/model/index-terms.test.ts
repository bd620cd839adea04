import fc from "fast-check";
import { expect, test } from "vitest";
import { parseJsonObject } from "../../src/model/json/parse.ts";
import { containment } from "../../src/model/query/containment.ts";
import { CROWDED_TERM, filterTerms, indexTerms, MAX_INDEX_TERMS } from "../../src/model/query/index-terms.ts";
import { jsonObjects, partOfObject } from "./json/arbitrary.ts";

function termsOf(text: string): number[] {
  return indexTerms(parseJsonObject(text, []));
}

function numbered(count: number): string {
  return `{"a":[${Array.from({ length: count }, (_, index) => index)}]}`;
}

test("a document that contains a filter has all its terms", () => {
  const pairs = jsonObjects.chain((document) =>
    fc.tuple(fc.constant(document), fc.oneof(partOfObject(document), jsonObjects)),
  );
  let found = 0;
  fc.assert(
    fc.property(pairs, ([document, filter]) => {
      fc.pre(containment(filter)(document));
      found += filterTerms(filter).length;
      expect(indexTerms(document)).toEqual(expect.arrayContaining(filterTerms(filter)));
    }),
    { numRuns: 1000 },
  );
  expect(found).toBeGreaterThan(0);
});

test("each scalar gives one term for its path, type and value", () => {
  const documents = [
    '{"a":1}',
    '{"a":-1}',
    '{"a":"1"}',
    '{"a":true}',
    '{"a":null}',
    '{"a":"null"}',
    '{"a":""}',
    '{"a":[1]}',
    '{"a":[[1]]}',
    '{"a":{"b":1}}',
    '{"a":[{"b":1}]}',
    '{"a.b":1}',
    '{"b":{"a":1}}',
    '{"ab":1}',
    '{"":1}',
    '{"":{"a":1}}',
    '{"__proto__":1}',
    '{"a":9007199254740992}',
    '{"a":9007199254740993}',
  ];
  const terms = documents.map(termsOf);
  expect(terms.map((each) => each.length)).toEqual(documents.map(() => 1));
  expect(new Set(terms.flat()).size).toBe(documents.length);
});

test("order, repeats and spelling give no terms of their own", () => {
  expect(new Set(termsOf('{"b":"é","a":[2,20e-1,1]}'))).toEqual(
    new Set(termsOf('{"a":[1.0,2],"b":"\\u00e9"}')),
  );
  expect(termsOf('{"a":{"b":[],"c":{}}}')).toEqual([]);
});

// Stored indexes hold these numbers: a change here makes every one of them wrong.
test("terms stay what they are", () => {
  expect(termsOf('{"graph_id":"agent","tags":["a",1.50,null],"nested":{"é😀":true}}')).toEqual([
    4690859137937538, 8794372401565673, 5393842854906490, 2111322242724574, 1374747196746760,
  ]);
});

test("terms are safe integers and do not meet by chance", () => {
  const terms = new Set<number>();
  for (let index = 0; index < 300_000; index += 1) {
    const key = index % 2 ? "user_id" : `key_${index % 1000}`;
    for (const term of indexTerms(new Map([[key, `value ${index}`]]))) terms.add(term);
  }
  expect(terms.size).toBe(300_000);
  expect([...terms].every((term) => Number.isSafeInteger(term) && term > 0)).toBe(true);
});

test("a document with too many terms has one that says so", () => {
  expect(termsOf(numbered(MAX_INDEX_TERMS))).toHaveLength(MAX_INDEX_TERMS);
  expect(termsOf(numbered(MAX_INDEX_TERMS + 1))).toEqual([CROWDED_TERM]);
  expect(termsOf(`{"a":[${Array(2 * MAX_INDEX_TERMS).fill(7)}]}`)).toHaveLength(1);
  expect(filterTerms(parseJsonObject(numbered(MAX_INDEX_TERMS + 1), []))).toHaveLength(MAX_INDEX_TERMS + 1);
});
