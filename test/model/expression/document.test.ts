import { expect, test } from "vitest";
import { parseDocument, valueAt } from "../../../src/model/query/expression/document.ts";

const document = parseDocument('{"a":{"1":"one"},"list":["x",["y"]],"text":"abc"}', "document");

test.each<[string[], unknown]>([
  [["a", "1"], "one"],
  [["list", "0"], "x"],
  [["list", "1", "0"], "y"],
  [["list", "2"], null],
  [["list", "-1"], null],
  [["list", "length"], null],
  [["text", "0"], null],
  [["none", "a"], null],
])("%j leads to %j", (steps, value) => {
  expect(valueAt(document, steps)).toBe(value);
});
