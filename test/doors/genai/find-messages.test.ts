import fc from "fast-check";
import { expect, test } from "vitest";
import { messagesInText } from "../../../src/doors/genai/find-messages.ts";
import { printJson } from "../../../src/model/json/print.ts";
import { jsonValues } from "../../model/json/arbitrary.ts";

/** A document with a message in it that holds a value. */
function documentWith(value: string): string {
  return `{"messages": [{"role":"system"}, {"role":"user","content":"hi","value":${value}}]}`;
}

/** What is printed of the value in the message. */
function printed(document: string): string | undefined {
  const [, message] = messagesInText(document, "user");
  return message && /"value":(.*)\}$/s.exec(message.print())?.[1];
}

test("every number is printed with the digits it had", () => {
  fc.assert(
    fc.property(jsonValues, (value) => {
      const text = printJson(value);
      // After a key that is a backslash, Node 24's JSON.parse misreads other escaped keys.
      fc.pre(!text.includes("\\"));
      expect(printed(documentWith(text))).toBe(text);
    }),
    { numRuns: 1000 },
  );
});

test.each(["-0", " -0.0", "1.0", "[9007199254740993]", "[1,\n-12345678901234567]", '{"a" : 0.10}', "2E5"])(
  "%j keeps its digits",
  (text) => {
    expect(printed(documentWith(text))).toBe(text.replaceAll(/\s/g, ""));
  },
);

test("keys that are numbers keep their place", () => {
  expect(printed(documentWith('{"b":1,"2" :2,"1":3}'))).toBe('{"b":1,"2":2,"1":3}');
});

test("text that looks like a number stays text", () => {
  const text = '["a:1.50",", 9007199254740993"]';
  expect(printed(documentWith(text))).toBe(text);
});

test("bare text, parts and documents of no known shape are printed as they came", () => {
  const prints = (text: string) => messagesInText(text, "user").map((message) => message.print());
  expect(prints("1.50 is not JSON")).toEqual(['"1.50 is not JSON"']);
  expect(prints('{"question":"1.50"}')).toEqual(['"1.50"']);
  expect(prints('{"input":[{"type":"text","text":"hi","n":1.0}]}')).toEqual([
    '[{"type":"text","text":"hi","n":1.0}]',
  ]);
  expect(prints('{"city":"Paris","n":1.0}')).toEqual(['{"city":"Paris","n":1.0}']);
});
