import { expect, test } from "vitest";
import { jsonLines, lineType } from "../../../../src/doors/kit/http/json-lines.ts";
import { jsonList, withCommas } from "../../../../src/doors/kit/http/json-list.ts";
import type { Piece } from "../../../../src/doors/kit/http/stream-reply.ts";

async function* batchesOf(...batches: number[][]): AsyncGenerator<number[]> {
  yield* batches;
}

/** The text of pieces. */
async function textOf(pieces: AsyncIterable<Piece>): Promise<string> {
  const all = await Array.fromAsync(pieces);
  return all
    .map((piece) =>
      [Object.hasOwn(Object(piece), "text") ? (piece as { text: string }).text : piece].flat().join(""),
    )
    .join("");
}

const asText = (batch: number[]) => batch.join(",");
const inParts = (batch: number[]) => withCommas(batch.map((number) => ["<", String(number), ">"]));

test.each([
  ["no batch", [], "[]", "[]"],
  ["empty batches only", [[], []], "[]", "[]"],
  ["one batch", [[1, 2]], "[1,2]", "[<1>,<2>]"],
  ["empty batches between others", [[], [1], [], [2, 3], []], "[1,2,3]", "[<1>,<2>,<3>]"],
])("a list of %s", async (_, batches, text, parts) => {
  expect(await textOf(jsonList(batchesOf(...batches), { elements: asText }))).toBe(text);
  expect(await textOf(jsonList(batchesOf(...batches), { elements: inParts }))).toBe(parts);
});

test("a batch with all elements is the whole, and no other is asked for", async () => {
  let asked = 0;
  async function* batches() {
    for (;;) {
      asked += 1;
      yield [1, 2];
    }
  }
  for (const elements of [asText, inParts]) {
    const pieces = await Array.fromAsync(jsonList(batches(), { elements, areAll: () => true }));
    expect(pieces).toMatchObject([{ isWhole: true }]);
  }
  expect(asked).toBe(2);
});

test("what is around the list: the end is made once all elements are there, headers by the first batch", async () => {
  let sum = 0;
  const list = {
    head: '{"numbers":[',
    elements(batch: number[]) {
      for (const number of batch) sum += number;
      return asText(batch);
    },
    tail: () => `],"sum":${sum}}`,
    headers: ([first = 0]: number[]) => ({ first }),
  };
  const pieces = await Array.fromAsync(jsonList(batchesOf([1, 2], [3]), list));
  expect(pieces).toEqual([{ text: '{"numbers":[1,2', headers: { first: 1 } }, ",3", '],"sum":6}']);
  sum = 0;
  const none = await Array.fromAsync(jsonList(batchesOf([], []), list));
  expect(none).toEqual([{ text: '{"numbers":[],"sum":0}', headers: { first: 0 } }]);
});

test("rows are lines, and none are no bytes", async () => {
  const print = (number: number) => `{"n":${number}}`;
  expect(await Array.fromAsync(jsonLines(batchesOf([1, 2], [], [3]), print))).toEqual([
    '{"n":1}\n{"n":2}\n',
    '{"n":3}\n',
  ]);
  expect(await Array.fromAsync(jsonLines(batchesOf([]), print))).toEqual([]);
});

test.each([
  ["", "application/jsonl"],
  ["*/*", "application/jsonl"],
  ["text/html, application/x-ndjson;q=0.9", "application/x-ndjson"],
  ["application/json", "application/json"],
  ["application/json, application/jsonl", "application/jsonl"],
  ["text/html", "application/jsonl"],
])("a client that accepts %o gets lines as %s", (accept, type) => {
  expect(lineType(accept)).toBe(type);
});
