import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import type { SpanMessage } from "../../src/model/traces/span.ts";
import {
  isInDocument,
  keptMessage,
  readKept,
  textAtPlace,
  textPlace,
  textStartAtPlace,
} from "../../src/model/transcripts/kept-message.ts";

const said = (text: string, json = JSON.stringify({ role: "user", content: text })): SpanMessage => ({
  role: "user",
  text,
  json,
});

/** Texts with what JSON escapes, and what takes two units. */
const texts = fc.string({
  unit: fc.constantFrom("a", '"', "\\", "\n", "\u0001", "é", "😀", "{", ":", "u0041"),
});

describe("what is kept of a message", () => {
  test("of one that stands in its document: where it does, and where in it its text does", () => {
    const message = said("Wo ist sie?\n");
    const kept = keptMessage(message, `{"inputs":{"messages":[${message.json}]}}`);
    expect(kept).toEqual({ role: "user", text: 25, json: [23, 64] });
    expect(isInDocument(kept)).toBe(true);
  });

  test.each([
    ["that is printed otherwise there", said("Hm?"), '{"messages": [{"role": "user", "content": "Hm?"}]}'],
    ["whose document is not that", said("Hm?"), "{}"],
  ])("of one %s: its JSON", (_, message, document) => {
    const kept = keptMessage(message, document);
    expect(kept).toEqual({ role: "user", text: 25, json: message.json });
    expect(isInDocument(kept)).toBe(false);
  });

  test("of one whose text was joined or cut: its text", () => {
    const message = said("a\nb", '{"role":"user","content":[{"text":"a"},{"text":"b"}]}');
    expect(keptMessage(message, message.json)).toEqual({ role: "user", text: "a\nb", json: [0, 53] });
  });

  test("of one that many begin like: its JSON", () => {
    const [long, other] = ["a", "b"].map((last) => said("a".repeat(1_000) + last));
    const document = JSON.stringify(Array(5).fill(other!.json)).replaceAll("\\", "");
    expect(keptMessage(long!, `${document}${long!.json}`)).toMatchObject({ json: [5_161, 6_190] });
    expect(keptMessage(long!, `${document}${document}${long!.json}`)).toMatchObject({ json: long!.json });
  });

  test("of one without a text: that", () => {
    expect(keptMessage(said("", '{"n":1}'), '{"n":1}')).toEqual({ role: "user", text: "", json: [0, 7] });
  });

  test("a message that is kept whole, as older versions did, is read as it stands", () => {
    expect(readKept(said("Hm?"), "")).toEqual(said("Hm?"));
  });

  it("is read as it was, whatever it says and stands in", () => {
    fc.assert(
      fc.property(texts, fc.option(texts), texts, texts, (text, other, before, after) => {
        const message = other === null ? said(text) : said(text, JSON.stringify([other, text]));
        for (const document of [`[${JSON.stringify(before)},${message.json}]`, after]) {
          expect(readKept(keptMessage(message, document), document)).toEqual(message);
        }
      }),
    );
  });
});

describe("the place of a text", () => {
  it("gives the text, and of any start of the JSON a start of the text", () => {
    fc.assert(
      fc.property(texts, texts, fc.nat(), (before, text, cut) => {
        const json = JSON.stringify({ before, text });
        const at = textPlace(json, text);
        fc.pre(text !== "");
        expect(textAtPlace(json, at!)).toBe(text);
        const start = json.slice(0, at! + 1 + (cut % (json.length - at!)));
        const found = textStartAtPlace(start, at!);
        expect(text.startsWith(found)).toBe(true);
        // No more is missing than an escape and what was cut off.
        const rest = json.length - start.length;
        expect(text.length - found.length).toBeLessThanOrEqual(rest + 1);
      }),
    );
  });

  it("is none where the text only looks as if it stood there", () => {
    expect(textPlace('{"text":"so \\"it\\" is"}', "it")).toBeNull();
  });
});
