import fc from "fast-check";
import { expect, test } from "vitest";
import { memberTexts } from "../../src/model/json.ts";

test("members keep their text, the last of a repeated key counts", () => {
  const text = ' { "a" : 1.0 , "b":{"c":[1,"}",{"d":"\\\\"}]} ,"\\u0061":12345678901234567890,"e":"\\"," }\n';
  expect([...memberTexts(text)]).toEqual([
    ["a", "12345678901234567890"],
    ["b", '{"c":[1,"}",{"d":"\\\\"}]}'],
    ["e", '"\\","'],
  ]);
  expect(memberTexts("{}").size).toBe(0);
});

test("members of any object parse to what the whole parses to", () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.nat({ max: 4 }), (object, indent) => {
      const text = JSON.stringify(object, null, indent);
      const members = [...memberTexts(text)].map(([key, value]) => [key, JSON.parse(value)]);
      expect(members).toEqual(Object.entries(JSON.parse(text)));
    }),
  );
});
