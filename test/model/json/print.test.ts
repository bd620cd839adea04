import fc from "fast-check";
import { expect, test } from "vitest";
import { memberTexts } from "../../../src/model/json/members.ts";
import { parseJson } from "../../../src/model/json/parse.ts";
import { printJson, printMemberTexts } from "../../../src/model/json/print.ts";
import { jsonObjects, jsonValues } from "./arbitrary.ts";

test("what is printed reads as the same value, and prints the same again", () => {
  fc.assert(
    fc.property(jsonValues, (value) => {
      const text = printJson(value);
      expect(parseJson(text, [])).toEqual(value);
      expect(printJson(parseJson(text, []))).toBe(text);
    }),
  );
});

test("strings are printed as JSON.stringify prints them", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 100 }), (text) => {
      expect(printJson(text)).toBe(JSON.stringify(text));
    }),
  );
  expect(printJson("\u007f\u2028\u2029")).toBe(JSON.stringify("\u007f\u2028\u2029"));
});

test("members' texts print to the object they are from", () => {
  fc.assert(
    fc.property(jsonObjects, (object) => {
      const text = printJson(object);
      expect(printMemberTexts(memberTexts(text))).toBe(text);
    }),
  );
});
