import { expect, it } from "vitest";
import { MAX_INSTANT } from "../../src/model/base/instant.ts";
import { expiryOf, nextExpiry } from "../../src/model/threads/ttl.ts";

it("counts minutes in microseconds, fractions too, and never past the last instant", () => {
  expect(expiryOf(1, 5)).toBe(60_000_005);
  expect(expiryOf(0.5, 0)).toBe(30_000_000);
  expect(expiryOf(1e-12, 7)).toBe(8);
  expect(expiryOf(1e300, 0)).toBe(MAX_INSTANT);
});

it("comes round again at whole periods, after now", () => {
  expect(nextExpiry(60_000_000, 1, 59_999_999)).toBe(60_000_000);
  expect(nextExpiry(60_000_000, 1, 60_000_000)).toBe(120_000_000);
  expect(nextExpiry(60_000_000, 1, 300_000_001)).toBe(360_000_000);
});
