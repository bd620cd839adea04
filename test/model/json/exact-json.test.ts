import fc from "fast-check";
import { expect, test } from "vitest";
import { parseExact } from "../../../src/model/json/exact-json.ts";
import { isJsonNumber, isJsonObject, type JsonValue } from "../../../src/model/json/value.ts";
import { jsonValues } from "./arbitrary.ts";

/** The value as `JSON.stringify` prints it with every digit. */
function printable(value: JsonValue): unknown {
  if (Array.isArray(value)) return value.map(printable);
  if (isJsonObject(value)) return Object.fromEntries([...value].map(([key, part]) => [key, printable(part)]));
  return isJsonNumber(value) ? JSON.rawJSON(value.digits) : value;
}

test("every number is printed with the digits it had", () => {
  fc.assert(
    fc.property(jsonValues.map(printable), fc.nat({ max: 2 }), (value, indent) => {
      const text = JSON.stringify(value, null, indent);
      // After a key that is a backslash, Node 24's JSON.parse misreads other escaped keys.
      fc.pre(!text.includes("\\"));
      const printed = JSON.stringify(value);
      expect(JSON.stringify(parseExact(text))).toBe(printed);
      expect(JSON.stringify(parseExact(text, JSON.parse(text)))).toBe(printed);
    }),
    { numRuns: 1000 },
  );
});

test.each(["-0", " -0.0", "1.0", "[9007199254740993]", "[1,\n-12345678901234567]", '{"a" : 0.10}', "2E5"])(
  "%j keeps its digits",
  (text) => {
    expect(JSON.stringify(parseExact(text))).toBe(text.replaceAll(/\s/g, ""));
  },
);

test("text that looks like a number stays text", () => {
  expect(parseExact('["a:1.50", ", 9007199254740993"]')).toEqual(["a:1.50", ", 9007199254740993"]);
});
