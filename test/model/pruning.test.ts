import { expect, test } from "vitest";
import { prunedTo } from "../../src/model/threads/pruning.ts";

test("pruning leaves the latest state of a history, or none", () => {
  expect(prunedTo([1, 2, 3], 3)).toEqual({ removed: [1, 2], kept: 3 });
  expect(prunedTo([1, 2, 3], null)).toEqual({ removed: [1, 2, 3], kept: null });
  expect(prunedTo([3], 3)).toEqual({ removed: [], kept: 3 });
  expect(prunedTo([], 3)).toEqual({ removed: [], kept: null });
});
