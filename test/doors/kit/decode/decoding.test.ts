import { expect, onTestFinished, test } from "vitest";
import { UnprocessableError } from "../../../../src/doors/fastapi/fault.ts";
import { createDecoding } from "../../../../src/doors/kit/decode/decoding.ts";
import { InvalidRequestError } from "../../../../src/model/base/errors.ts";
import {
  countTo,
  decoderOf,
  describeBytes,
  type Refusal,
  refuse,
  stepUntil,
  waitForGate,
} from "./decoders.ts";

const SMALL = 32 * 1024;
const LARGE = SMALL + 1;

/** More than what is small. */
const HUGE = 2 ** 20 + 1;

function createGate(): Int32Array {
  return new Int32Array(new SharedArrayBuffer(4));
}

function openGate(gate: Int32Array): void {
  Atomics.store(gate, 0, 1);
  Atomics.notify(gate, 0);
}

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

test.each([
  [1500, true],
  [1501, false],
])("%i pieces are decoded on the main thread: %s", async (pieces, isMainThread) => {
  const bytes = Buffer.alloc(pieces, ",");
  expect(await open().run(decoderOf(describeBytes), { bytes }, bytes.length)).toMatchObject({ isMainThread });
  const measured = { ...decoderOf(describeBytes), pieces: () => pieces };
  expect(await open().run(measured, { bytes: Buffer.from("x") }, 1)).toMatchObject({ isMainThread });
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
  const gate = createGate();
  const long = decoding.run(decoderOf(waitForGate), { gate }, LARGE);
  const bytes = Buffer.alloc(LARGE, "x");
  await decoding.run(decoderOf(describeBytes), { bytes }, LARGE);
  openGate(gate);
  expect(await long).toBe("open");
});

test("a small input does not wait for large ones, of which one comes after the other", async () => {
  const decoding = open();
  const [first, second] = [createGate(), createGate()];
  const finished: string[] = [];
  const large = async (name: string, gate: Int32Array) => {
    await decoding.run(decoderOf(waitForGate), { gate }, HUGE);
    finished.push(name);
  };
  const all = [large("first", first), large("second", second)];
  const dense = Buffer.alloc(100_001, ",");
  const also = decoding.run(decoderOf(describeBytes), { bytes: dense }, dense.length).then(() => {
    finished.push("many pieces");
  });
  for (let number = 0; number < 10; number += 1) {
    await decoding.run(decoderOf(describeBytes), { bytes: Buffer.alloc(LARGE, "x") }, LARGE);
  }
  expect(finished).toEqual([]);
  openGate(second);
  openGate(first);
  await Promise.all([...all, also]);
  expect(finished).toEqual(["first", "second", "many pieces"]);
});

test("a job in steps lets those of its thread go on that came later", async () => {
  const decoding = open();
  const gates = [createGate(), createGate()];
  const stepping = gates.map((gate) => decoding.run(decoderOf(stepUntil), { gate }, LARGE));
  const bytes = Buffer.alloc(LARGE, "x");
  await decoding.run(decoderOf(describeBytes), { bytes }, LARGE);
  expect(await Array.fromAsync(decoding.stream(decoderOf(countTo), { last: 3 }, LARGE))).toHaveLength(3);
  for (const gate of gates) openGate(gate);
  expect(await Promise.all(stepping)).toEqual(["open", "open"]);
});

test("steps are done at once on the main thread", async () => {
  const gate = createGate();
  openGate(gate);
  expect(await open().run(decoderOf(stepUntil), { gate }, SMALL)).toBe("open");
});

test("an input whose client is gone is not decoded", async () => {
  const decoding = open();
  const gate = createGate();
  const long = decoding.run(decoderOf(waitForGate), { gate }, HUGE);
  const gone = new AbortController();
  const given = decoding.run(decoderOf(describeBytes), { bytes: Buffer.alloc(1) }, HUGE, {
    signal: gone.signal,
  });
  gone.abort(new Error("gone"));
  await expect(given).rejects.toThrow("gone");
  openGate(gate);
  expect(await long).toBe("open");
});

test.each([SMALL, LARGE])("errors keep what the doors look at (%i)", async (size) => {
  const decoding = open();
  const raised = (how: Refusal) =>
    decoding.run(decoderOf(refuse), { how }, size).catch((error: unknown) => error);
  const invalid = await raised("request");
  expect(invalid).toBeInstanceOf(InvalidRequestError);
  expect(invalid).toMatchObject({ violations: [{ path: ["a", 0], message: "is wrong" }] });
  const unprocessable = await raised("fields");
  expect(unprocessable).toBeInstanceOf(UnprocessableError);
  expect(unprocessable).toMatchObject({ detail: [{ type: "missing", loc: ["body", "a"] }] });
  expect(await raised("status")).toMatchObject({ message: "Too deep", statusCode: 400 });
});
