import { expect, onTestFinished, test } from "vitest";
import { createDecoding } from "../../src/api/decoding.ts";
import { UnprocessableError } from "../../src/api/pydantic/fault.ts";
import { InvalidRequestError } from "../../src/model/errors.ts";
import { countTo, decoderOf, describeBytes, type Refusal, refuse, waitForGate } from "./decoders.ts";

const SMALL = 32 * 1024;
const LARGE = SMALL + 1;

function open() {
  const decoding = createDecoding();
  onTestFinished(() => decoding.close());
  return decoding;
}

test.each([
  [SMALL, true],
  [LARGE, false],
])("an input of %i bytes is decoded on the main thread: %s", async (size, isMainThread) => {
  const text = "é".padEnd(size - 1, "x");
  const bytes = Buffer.from(text);
  expect(await open().run(decoderOf(describeBytes), { bytes }, bytes.length)).toEqual({ text, isMainThread });
});

test("bytes that share their memory with others are copied", async () => {
  const memory = Buffer.from("before|".padEnd(LARGE + 7, "x"));
  const { text } = await open().run(decoderOf(describeBytes), { bytes: memory.subarray(7) }, LARGE);
  expect(text).toBe("x".repeat(LARGE));
  expect(memory.toString("utf8", 0, 7)).toBe("before|");
});

test.each([SMALL, LARGE])("many values come one after the other (%i)", async (size) => {
  const parts = await Array.fromAsync(open().stream(decoderOf(countTo), { last: 3 }, size));
  expect(parts.map(({ number }) => number)).toEqual([1, 2, 3]);
  expect(parts.every(({ isMainThread }) => isMainThread === (size === SMALL))).toBe(true);
});

test("a stream may be left, and the thread goes on", async () => {
  const decoding = open();
  for await (const { number } of decoding.stream(decoderOf(countTo), { last: 1e9 }, LARGE)) {
    if (number === 2) break;
  }
  const [first] = await Array.fromAsync(decoding.stream(decoderOf(countTo), { last: 1 }, LARGE));
  expect(first).toEqual({ number: 1, isMainThread: false });
});

test("an input does not wait for one that takes long", async () => {
  const decoding = open();
  const gate = new Int32Array(new SharedArrayBuffer(4));
  const long = decoding.run(decoderOf(waitForGate), { gate }, LARGE);
  const bytes = Buffer.alloc(LARGE, "x");
  await decoding.run(decoderOf(describeBytes), { bytes }, LARGE);
  Atomics.store(gate, 0, 1);
  Atomics.notify(gate, 0);
  expect(await long).toBe("open");
});

test.each([SMALL, LARGE])("errors keep what the doors look at (%i)", async (size) => {
  const decoding = open();
  const raised = (how: Refusal) =>
    decoding.run(decoderOf<{ how: Refusal }, never>(refuse), { how }, size).catch((error: unknown) => error);
  const invalid = await raised("request");
  expect(invalid).toBeInstanceOf(InvalidRequestError);
  expect(invalid).toMatchObject({ violations: [{ path: ["a", 0], message: "is wrong" }] });
  const unprocessable = await raised("fields");
  expect(unprocessable).toBeInstanceOf(UnprocessableError);
  expect(unprocessable).toMatchObject({ detail: [{ type: "missing", loc: ["body", "a"] }] });
  expect(await raised("status")).toMatchObject({ message: "Too deep", statusCode: 400 });
});
