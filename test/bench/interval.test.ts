import { expect, test } from "vitest";
import { estimate, verdictOf } from "../../bench/against/interval.ts";
import { comparisonOf } from "../../bench/against/table.ts";

const upTo = (count: number) => Array.from({ length: count }, (_, index) => index + 1);

test.each([
  [5, 3, [1, 5]],
  [6, 3.5, [1, 6]],
  [15, 8, [4, 12]],
  [30, 15.5, [11, 20]],
])("of %i values, the interval is as wide as a table of the sign test says", (count, median, interval) => {
  expect(estimate(upTo(count).reverse())).toEqual({ median, interval });
});

test("fewer than five values have a median and no interval", () => {
  expect(estimate([2, 1, 4, 3])).toEqual({ median: 2.5, interval: null });
  expect(verdictOf(estimate([0.1, 0.1]), 0.9)).toBe("too few pairs");
});

test("below is what has all of its interval below the bound", () => {
  const verdict = (low: number, high: number) => verdictOf({ median: low, interval: [low, high] }, 0.9);
  expect(verdict(0.8, 0.899)).toBe("BELOW");
  expect(verdict(0.8, 0.9)).toBe("unsure");
  expect(verdict(0.9, 1.1)).toBe("kept");
});

test("a measure is below its bound by what is done in a second, or by what it takes of the processor", () => {
  const measure = { what: "a read", kind: "reads" as const, open: () => expect.fail("is not opened") };
  const bounds = { ingest: 0.5, reads: 0.95 };
  const compare = (ours: { rate: number; cpu: number }) => {
    const pairs = upTo(5).map(() => [ours, { rate: 100, cpu: 10 }] as [typeof ours, typeof ours]);
    return comparisonOf({ measure, pairs }, bounds);
  };
  expect(compare({ rate: 100, cpu: 10 })).toMatchObject({
    speed: "1.000 (1.000 to 1.000)",
    "by CPU": "1.000 (1.000 to 1.000)",
    bound: "0.95",
    verdict: "kept",
  });
  expect(compare({ rate: 90, cpu: 10 })).toMatchObject({ verdict: "BELOW" });
  expect(compare({ rate: 100, cpu: 12.5 })).toMatchObject({
    "by CPU": "0.800 (0.800 to 0.800)",
    verdict: "BELOW",
  });
});
