import fc from "fast-check";
import { expect, test } from "vitest";
import { elementTexts, memberText, memberTexts } from "../../src/model/json/members.ts";
import { shapeOf } from "../../src/model/json/scan.ts";

test("members keep their text, the last of a repeated key counts", () => {
  const text = ' { "a" : 1.0 , "b":{"c":[1,"}",{"d":"\\\\"}]} ,"\\u0061":12345678901234567890,"e":"\\"," }\n';
  expect([...memberTexts(text)]).toEqual([
    ["a", "12345678901234567890"],
    ["b", '{"c":[1,"}",{"d":"\\\\"}]}'],
    ["e", '"\\","'],
  ]);
  expect(memberTexts(" { } ").size).toBe(0);
  expect(memberText(text, "a")).toBe("12345678901234567890");
  expect(memberText(text, "c")).toBeUndefined();
});

test("members of any object parse to what the whole parses to", () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.nat({ max: 4 }), (object, indent) => {
      const text = JSON.stringify(object, null, indent);
      const members = [...memberTexts(text)].map(([key, value]) => [key, JSON.parse(value)]);
      expect(members).toEqual(Object.entries(JSON.parse(text)));
      for (const [key, value] of memberTexts(text)) expect(memberText(text, key)).toBe(value);
    }),
  );
});

test("elements of any array keep their text, and parse to what the whole parses to", () => {
  expect(elementTexts(' [ 1.0 ,"a,]", {"b":[2,3]},[] ]')).toEqual(["1.0", '"a,]"', '{"b":[2,3]}', "[]"]);
  fc.assert(
    fc.property(fc.array(fc.jsonValue()), fc.nat({ max: 4 }), (array, indent) => {
      const text = JSON.stringify(array, null, indent);
      expect(elementTexts(text).map((element) => JSON.parse(element))).toEqual(JSON.parse(text));
    }),
  );
});

test("a text's shape is its depth and the members of the outermost object", () => {
  expect(shapeOf('{"a":[{"b:":1,"c":[]}],"d":"[[{\\":","e":1}', 10)).toMatchObject({ depth: 4, members: 3 });
  expect(shapeOf("1", 10)).toMatchObject({ depth: 0, members: 0 });
});

test("a text's shape is its objects and about as many values as it has", () => {
  expect(shapeOf('[{"a":1,"b":[]},{},"{,["]', 10)).toMatchObject({ objects: 2, values: 7 });
  expect(shapeOf(`[${"{},".repeat(1000)}1]`, 10)).toMatchObject({ objects: 1000, values: 2001 });
});

test("a shape is measured no further than a depth, of texts that are not JSON too", () => {
  expect(shapeOf("[".repeat(100), 10)).toMatchObject({ depth: 11, members: 0 });
  expect(shapeOf('{"a":1,"b', 10)).toMatchObject({ depth: 1, members: 1 });
  expect(shapeOf("]]]{", 10).depth).toBe(0);
});

test("the shape of any value is that of what it parses to", () => {
  const depthOf = (value: unknown): number =>
    typeof value === "object" && value !== null ? 1 + Math.max(0, ...Object.values(value).map(depthOf)) : 0;
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (object) => {
      const members = Object.keys(object).length;
      expect(shapeOf(JSON.stringify(object), 100)).toMatchObject({ depth: depthOf(object), members });
    }),
  );
});
