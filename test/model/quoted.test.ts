import { Buffer } from "node:buffer";
import fc from "fast-check";
import { expect, test } from "vitest";
import { quoted, quotedValue } from "../../src/model/base/quoted.ts";

test.each([
  ["", ""],
  ["x".repeat(256), "x".repeat(256)],
  ["x".repeat(257), `${"x".repeat(253)}…`],
  ["é".repeat(128), "é".repeat(128)],
  ["é".repeat(129), `${"é".repeat(126)}…`],
  [`x${"😀".repeat(64)}`, `x${"😀".repeat(63)}…`],
])("%s is quoted as %s", (text, expected) => {
  expect(quoted(text)).toBe(expected);
});

test("what is quoted takes 256 bytes at most, holds whole characters, and quoted again stays the same", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 400, size: "max" }), (text) => {
      const short = quoted(text);
      expect(Buffer.byteLength(short)).toBeLessThanOrEqual(256);
      expect(text.startsWith(short.replace(/…$/, ""))).toBe(true);
      expect(quoted(short)).toBe(short);
    }),
  );
});

test("a value is repeated where its JSON takes 256 bytes at most", () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 4 }), (value) => {
      const fits = Buffer.byteLength(JSON.stringify(value)) <= 256;
      if (typeof value === "object") expect(quotedValue(value)).toEqual(fits ? value : null);
      else if (fits) expect(quotedValue(value)).toBe(value);
    }),
    { numRuns: 1000 },
  );
  expect(quotedValue({ a: Array(125).fill(1) })).toBeNull();
  expect(quotedValue({ a: Array(124).fill(1) })).toEqual({ a: Array(124).fill(1) });
});

test("what is no JSON is not repeated", () => {
  for (const value of [new Uint8Array(3), Buffer.from("abc"), { pieces: [new Uint8Array(1)] }, new Map()]) {
    expect(quotedValue(value)).toBeNull();
  }
});

test("no more of a value is looked at than would be repeated", () => {
  let looks = 0;
  const item = {
    get a() {
      looks += 1;
      return 1;
    },
  };
  expect(quotedValue(Array(100_000).fill(item))).toBeNull();
  expect(looks).toBeLessThan(100);
});
