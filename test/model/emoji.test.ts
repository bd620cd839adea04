import { expect, test } from "vitest";
import { stripSkinTones } from "../../src/model/feedback/emoji.ts";

test.each([
  ["👍🏽", "👍"],
  ["👍🏻👎🏿 ok", "👍👎 ok"],
  ["👩🏽‍🚀", "👩‍🚀"],
  ["☝️🏽", "☝️"],
  ["needs-review", "needs-review"],
  ["🏽", "🏽"],
])("%s is %s", (tag, stripped) => {
  expect(stripSkinTones(tag)).toBe(stripped);
});
