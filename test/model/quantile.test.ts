import fc from "fast-check";
import { expect, it } from "vitest";
import { interpolate, quantilePosition } from "../../src/model/threads/quantile.ts";

const GREATEST_DURATION = Math.floor(Number.MAX_SAFE_INTEGER / 1000);
const duration = fc.oneof(fc.nat(20), fc.nat(GREATEST_DURATION));
const durations = fc.array(duration, { minLength: 1, maxLength: 60 });

function quantile(values: number[], percent: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const { index, remainder } = quantilePosition(sorted.length, percent);
  return interpolate(sorted[index]!, sorted[index + 1] ?? sorted[index]!, remainder);
}

it.each([
  { values: [10, 50, 100, 10, 50], p50: 50, p99: 98 },
  { values: [1, 2], p50: 1.5, p99: 1.99 },
  { values: [1000, 2000, 3000, 4000], p50: 2500, p99: 3970 },
  { values: [7], p50: 7, p99: 7 },
])("the quantiles of $values are $p50 and $p99", ({ values, p50, p99 }) => {
  expect(quantile(values, 50)).toBe(p50);
  expect(quantile(values, 99)).toBe(p99);
});

it("the least and the greatest values are the quantiles 0 and 100", () => {
  expect(quantile([3, 1, 2], 0)).toBe(1);
  expect(quantile([3, 1, 2], 100)).toBe(3);
});

it("agrees with R-7 in floating point", () => {
  fc.assert(
    fc.property(durations, fc.nat(100), (values, percent) => {
      const sorted = values.toSorted((a, b) => a - b);
      const place = ((sorted.length - 1) * percent) / 100;
      const below = sorted[Math.floor(place)]!;
      const above = sorted[Math.ceil(place)]!;
      const expected = below + (above - below) * (place - Math.floor(place));
      expect(Math.abs(quantile(values, percent) - expected)).toBeLessThanOrEqual(1e-9 * (1 + expected));
    }),
  );
});

it("is the value itself where all are equal", () => {
  fc.assert(
    fc.property(duration, fc.integer({ min: 1, max: 1_000 }), fc.nat(100), (value, count, percent) => {
      expect(quantile(Array(count).fill(value), percent)).toBe(value);
    }),
  );
});

it("lies on the last value only with nothing to interpolate", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1e12 }), fc.nat(100), (count, percent) => {
      const { index, remainder } = quantilePosition(count, percent);
      expect(index).toBeLessThan(count);
      if (index === count - 1) expect(remainder).toBe(0);
      expect(BigInt(index) * 100n + BigInt(remainder)).toBe(BigInt(count - 1) * BigInt(percent));
    }),
  );
});
