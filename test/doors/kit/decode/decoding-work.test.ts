import { Buffer } from "node:buffer";
import { expect, test } from "vitest";
import { piecesOf } from "../../../../src/doors/kit/decode/decoding-work.ts";

test.each<[unknown, number]>([
  ["", 0],
  ['{"a":[1,2]}', 4],
  [Buffer.from('{"a":[1,2]}'), 4],
  [{ kind: "x", bytes: Buffer.from("[1]"), now: 1, other: null }, 1],
  [[{ text: "{}" }, { text: "[[" }], 3],
  [{ gate: new Int32Array(1) }, 0],
])("%o", (input, pieces) => {
  expect(piecesOf(input, 100)).toBe(pieces);
});

test("counting stops past the most that is asked for", () => {
  expect(piecesOf([",".repeat(1e6), Buffer.alloc(1e6, ",")], 10)).toBe(11);
});
