import fc from "fast-check";
import { expect, test } from "vitest";
import { MAX_JSON_DEPTH, parseJsonObject } from "../../src/model/json/parse.ts";
import { printJson } from "../../src/model/json/print.ts";
import type { JsonValue } from "../../src/model/json/value.ts";
import { mergeObjects, updateState } from "../../src/model/threads/state-update.ts";
import { jsonObjects } from "./json/arbitrary.ts";

function update(state: string | null, change: string): string {
  const before = state === null ? null : parseJsonObject(state, []);
  return printJson(updateState(before, parseJsonObject(change, []), ["values"]));
}

test("a merge replaces values in place, adds keys at the end and keeps nulls", () => {
  const document = parseJsonObject('{"2":1.0,"a":{"x":1,"y":2},"1":9007199254740993}', []);
  const patch = parseJsonObject('{"b":1e400,"a":{"z":3},"__proto__":null,"2":null}', []);
  expect(printJson(mergeObjects(document, patch))).toBe(
    '{"2":null,"a":{"z":3},"1":9007199254740993,"b":1e400,"__proto__":null}',
  );
  expect(printJson(document)).toBe('{"2":1.0,"a":{"x":1,"y":2},"1":9007199254740993}');
});

test("merges of different keys can come in any order", () => {
  fc.assert(
    fc.property(jsonObjects, jsonObjects, jsonObjects, (document, one, other) => {
      for (const key of one.keys()) other.delete(key);
      const merged = mergeObjects(mergeObjects(document, one), other);
      const swapped = mergeObjects(mergeObjects(document, other), one);
      expect(new Map([...swapped].sort())).toEqual(new Map([...merged].sort()));
      expect(mergeObjects(merged, one)).toEqual(merged);
    }),
  );
});

test.each([
  ["a first state", null, '{"a":1.0}', '{"a":1.0}'],
  ["an empty update", '{"a":1}', "{}", '{"a":1}'],
  ["other keys: the last value", '{"a":[1],"b":2}', '{"a":[3],"c":null}', '{"a":[3],"b":2,"c":null}'],
  ["first messages", null, '{"messages":[{"id":"1"}]}', '{"messages":[{"id":"1"}]}'],
  [
    "an append",
    '{"messages":[{"id":"1"}],"a":1}',
    '{"messages":[{"id":"2"}]}',
    '{"messages":[{"id":"1"},{"id":"2"}],"a":1}',
  ],
  [
    "a replacement",
    '{"messages":[{"id":"1","c":1},{"id":"2"}]}',
    '{"messages":[{"id":"1","d":2}]}',
    '{"messages":[{"id":"1","d":2},{"id":"2"}]}',
  ],
  [
    "a repeated id",
    null,
    '{"messages":[{"id":"1","c":1},{"id":"2"},{"id":"1"}]}',
    '{"messages":[{"id":"1"},{"id":"2"}]}',
  ],
  [
    "a removal",
    '{"messages":[{"id":"1"},{"id":"2"}]}',
    '{"messages":[{"type":"remove","id":"1"}]}',
    '{"messages":[{"id":"2"}]}',
  ],
  [
    "a removal of what is not there",
    '{"messages":[{"id":"1"}]}',
    '{"messages":[{"type":"remove","id":"x"}]}',
    '{"messages":[{"id":"1"}]}',
  ],
  [
    "a removal of what came with it",
    null,
    '{"messages":[{"id":"1"},{"type":"remove","id":"1"}]}',
    '{"messages":[]}',
  ],
  [
    "a removal before it came",
    null,
    '{"messages":[{"type":"remove","id":"1"},{"id":"1"}]}',
    '{"messages":[{"id":"1"}]}',
  ],
  [
    "a removal and a return",
    '{"messages":[{"id":"1"},{"id":"2"}]}',
    '{"messages":[{"type":"remove","id":"1"},{"id":"1","c":1}]}',
    '{"messages":[{"id":"1","c":1},{"id":"2"}]}',
  ],
  [
    "a removal of all",
    '{"messages":[{"id":"1"},{}]}',
    '{"messages":[{"id":"2"},{"type":"remove","id":"__remove_all__"},{"id":"1"}]}',
    '{"messages":[{"id":"1"}]}',
  ],
  [
    "no ids",
    '{"messages":[{"c":1}]}',
    '{"messages":[{"c":1},{"id":null},{"id":["x"]},{"id":["x"]},"hi"]}',
    '{"messages":[{"c":1},{"c":1},{"id":null},{"id":["x"]},{"id":["x"]},"hi"]}',
  ],
  [
    "numeric ids",
    '{"messages":[{"id":1},{"id":"1"}]}',
    '{"messages":[{"id":1.0,"c":2}]}',
    '{"messages":[{"id":1.0,"c":2},{"id":"1"}]}',
  ],
  [
    "one message without a list",
    '{"messages":[{"id":"1"}]}',
    '{"messages":{"id":"2"}}',
    '{"messages":[{"id":"1"},{"id":"2"}]}',
  ],
  ["messages that are no list", '{"messages":[{"id":"1"}]}', '{"messages":null}', '{"messages":null}'],
  ["a list after no list", '{"messages":"x"}', '{"messages":[{"id":"1"}]}', '{"messages":[{"id":"1"}]}'],
  ["an empty list", '{"messages":[1.0]}', '{"messages":[]}', '{"messages":[1.0]}'],
])("%s", (_name, state, change, expected) => {
  expect(update(state, change)).toBe(expected);
});

test("a removal must have an id", () => {
  expect(() => update(null, '{"messages":[1,{"type":"remove"}]}')).toThrow(
    "values.messages.1.id: must be the id of the message to remove",
  );
});

test("a state never nests deeper than a document may", () => {
  const message = (levels: number) => `${'{"a":'.repeat(levels)}1${"}".repeat(levels)}`;
  const deepest = update(null, `{"messages":${message(MAX_JSON_DEPTH - 2)}}`);
  expect(printJson(parseJsonObject(deepest, []))).toBe(deepest);
  expect(() => update(null, `{"messages":${message(MAX_JSON_DEPTH - 1)}}`)).toThrow(
    "values.messages: nests too deeply",
  );
  expect(update(null, `{"messages":[${message(MAX_JSON_DEPTH - 2)}]}`)).toBe(deepest);
});

test("messages follow the rule one by one as in one update", () => {
  const messages = fc.array(
    fc.record({
      type: fc.constantFrom("human", "ai", "remove"),
      id: fc.constantFrom("1", "2", "3", "4"),
      n: fc.nat(),
    }),
    { maxLength: 12 },
  );
  fc.assert(
    fc.property(messages, messages, (present, added) => {
      const list = (items: object[]) => parseJsonObject(JSON.stringify({ messages: items }), []);
      const start = updateState(null, list(present), []);
      const expected = new Map<string, unknown>();
      for (const item of JSON.parse(printJson(start.get("messages") as JsonValue)))
        expected.set(item.id, item);
      const removedThenAdded = added.some(
        (item, index) =>
          item.type === "remove" &&
          added.slice(index).some(({ id, type }) => id === item.id && type !== "remove"),
      );
      fc.pre(!removedThenAdded);
      let stepwise = start;
      for (const item of added) {
        if (item.type === "remove") expected.delete(item.id);
        else expected.set(item.id, item);
        stepwise = updateState(stepwise, list([item]), []);
      }
      const whole = updateState(start, list(added), []);
      expect(printJson(whole)).toBe(printJson(stepwise));
      expect(printJson(whole)).toBe(JSON.stringify({ messages: [...expected.values()] }));
    }),
  );
});
