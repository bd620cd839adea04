import { expect, test } from "vitest";
import { compareCodePoints, isLonger } from "../../src/model/base/code-points.ts";
import { cutText } from "../../src/model/base/cut-text.ts";
import { durationMilliseconds, formatInstant, MAX_INSTANT } from "../../src/model/base/instant.ts";

test.each([
  [0, "1970-01-01T00:00:00Z"],
  [1, "1970-01-01T00:00:00.000001Z"],
  [1_787_184_000_250_000, "2026-08-20T00:00:00.250000Z"],
  [45_296_000_000, "1970-01-01T12:34:56Z"],
  [MAX_INSTANT, "2255-06-05T23:47:34.740991Z"],
])("the instant %i is %s", (instant, text) => {
  expect(formatInstant(instant)).toBe(text);
  expect(new Date(text).getTime()).toBe(Math.floor(instant / 1000));
});

test("durations are of whole milliseconds, and never below none", () => {
  expect(durationMilliseconds(1_999, 3_000)).toBe(2);
  expect(durationMilliseconds(3_000, 1_999)).toBe(0);
  expect(durationMilliseconds(3_000, null)).toBe(0);
});

test("texts are compared and measured by characters", () => {
  expect(compareCodePoints("\uFF5E", "\u{1F600}")).toBeLessThan(0);
  expect(compareCodePoints("a", "a")).toBe(0);
  expect([
    isLonger("ab", 2),
    isLonger("abc", 2),
    isLonger("\u{1F600}\u{1F600}", 2),
    isLonger("abcde", 2),
  ]).toEqual([false, true, false, true]);
  expect(isLonger("\u{1F600}ab", 2)).toBe(true);
});

test("a text is cut after its last whole character that fits", () => {
  expect(cutText("abc", 9)).toBe("abc");
  expect(cutText("abc", 3)).toBe("abc");
  expect(cutText("abcd", 3)).toBe("abc");
  expect(cutText("aé", 2)).toBe("a");
  expect(cutText("a\u{1F600}b", 4)).toBe("a");
  expect(cutText("a\u{1F600}b", 5)).toBe("a\u{1F600}");
});
