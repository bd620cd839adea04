import fc from "fast-check";
import { expect, test } from "vitest";
import { firstError, type JsonErrorKind } from "../../../src/model/json/first-error.ts";

test.each<[string, JsonErrorKind, number]>([
  ["", "no value", 0],
  [" ", "no value", 1],
  ["[1,]", "no value", 3],
  ['{"a":}', "no value", 5],
  ["nul", "no value", 0],
  ["{a:1}", "no key", 1],
  ['{"a":1,}', "no key", 7],
  ['{"a" 1}', "no colon", 5],
  ["[1 2]", "no comma", 3],
  ['{"a":[1}', "no comma", 7],
  ["[[]", "no comma", 3],
  ["1 2", "more after the end", 2],
  ["[]]", "more after the end", 2],
  ['["abc', "no closing quote", 1],
  ['["abc\\', "no closing quote", 1],
  ['{"abc', "no closing quote", 1],
  ['{"a":1,"b', "no closing quote", 7],
  ['"a\nb"', "control character", 2],
  ['"\\x"', "bad escape", 1],
  ['"\\u12g4"', "bad unicode escape", 2],
])("%j: %s at %i", (text, kind, at) => {
  expect(firstError(text)).toEqual({ kind, at });
});

test.each(['"\\u00e9\\n\\""', ' {"a": [1, {}, [], -0.5e3, true] , "b":null} ', "[[[]]]"])(
  "%j has none",
  (text) => {
    expect(firstError(text)).toBeNull();
  },
);

test("a text has an error exactly if JSON.parse refuses it", () => {
  const parses = (text: string) => {
    try {
      JSON.parse(text);
      return true;
    } catch {
      return false;
    }
  };
  const damaged = fc
    .tuple(fc.json(), fc.nat(), fc.constantFrom("", '"', ",", "}", "\\", "\u0001", "1"))
    .map(([text, at, put]) => {
      const place = at % (text.length + 1);
      return text.slice(0, place) + put + text.slice(place + 1);
    });
  fc.assert(
    fc.property(fc.oneof(fc.json(), damaged), (text) => {
      expect(firstError(text) === null).toBe(parses(text));
    }),
    { numRuns: 500 },
  );
});
