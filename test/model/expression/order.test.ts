import { expect, test } from "vitest";
import {
  compareKeys,
  documentKey,
  type OrderKey,
  scalarOrderKey,
} from "../../../src/model/query/expression/order.ts";

const TEXTS = ["", "a", "\uFF5E", "\u{1F600}"];

/** Keys from the least to the greatest: of what is in documents, where numbers have digits, and of what is not. */
const ASCENDING: Record<string, OrderKey[]> = {
  document: [
    false,
    true,
    { digits: "-1" },
    { digits: "0.5" },
    { digits: "1" },
    { digits: "1e400" },
    ...TEXTS,
  ],
  column: [false, true, -1, 0.5, 1, ...TEXTS],
};

test.each(Object.entries(ASCENDING))(
  "%s keys: false, true, numbers, then texts; nothing last both ways",
  (_, keys) => {
    const shuffled = [...keys, null].toReversed();
    expect(shuffled.toSorted((a, b) => compareKeys(a, b, "asc"))).toEqual([...keys, null]);
    expect(shuffled.toSorted((a, b) => compareKeys(a, b, "desc"))).toEqual([...keys.toReversed(), null]);
  },
);

test("equal are two of nothing, and numbers of one value", () => {
  expect(compareKeys(null, null, "desc")).toBe(0);
  expect(compareKeys({ digits: "1.0" }, { digits: "1" }, "asc")).toBe(0);
});

test.each([
  ["nothing", null, null],
  ["a truth value", true, true],
  ["a number, exactly", { digits: "1.00" }, { digits: "1.00" }],
  ["the start of a text", "é".repeat(300), "é".repeat(256)],
  ["the JSON text of a list", ["x"], '["x"]'],
])("the key of %s in a document", (_, value, key) => {
  expect(documentKey(value)).toEqual(key);
});

test("the key of a field that is no document is the whole of it", () => {
  expect(scalarOrderKey(null)).toBeNull();
  expect(scalarOrderKey("é".repeat(300))).toBe("é".repeat(300));
  expect(scalarOrderKey({ instant: 5 })).toBe(5);
  expect(scalarOrderKey({ digits: "5" })).toEqual({ digits: "5" });
});
