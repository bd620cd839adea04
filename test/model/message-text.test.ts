import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { previewOf, titleFrom } from "../../src/model/transcripts/message-text.ts";

describe("a title made of a message", () => {
  it.each([
    ["hello", "hello"],
    ["  two\n\n words\t", "two words"],
    ["", null],
    [" \n ", null],
    [`${"word ".repeat(11)}word seven`, `${"word ".repeat(11)}word…`],
    [`${"a".repeat(59)} b`, `${"a".repeat(59)}…`],
    ["a".repeat(60), "a".repeat(60)],
    ["a".repeat(61), `${"a".repeat(60)}…`],
    ["😀".repeat(61), `${"😀".repeat(60)}…`],
  ])("of %j is %j", (text, title) => {
    expect(titleFrom(text)).toBe(title);
  });

  it("is a line of whole characters, however it is cut", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", maxLength: 300 }), (text) => {
        const title = titleFrom(text) ?? "";
        expect(title.isWellFormed()).toBe(true);
        expect(title).toBe(title.replace(/\s+/g, " ").trim());
        expect(Array.from(title).length).toBeLessThanOrEqual(61);
      }),
    );
  });
});

it("a preview is cut at a word, about 140 characters on", () => {
  expect(previewOf("short  one")).toBe("short one");
  expect(previewOf("word ".repeat(100))).toBe(`${"word ".repeat(27)}word…`);
});
