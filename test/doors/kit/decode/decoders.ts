import { isMainThread } from "node:worker_threads";
import { UnprocessableError } from "../../../../src/doors/fastapi/fault.ts";
import type { DecoderRegistry } from "../../../../src/doors/kit/decode/decoder.ts";
import type { Steps } from "../../../../src/doors/kit/decode/steps.ts";
import { InvalidRequestError } from "../../../../src/model/base/errors.ts";

/** Decoders for tests: what they throw and give is what the input says. */

function describeBytes({ bytes }: { bytes: Uint8Array }) {
  return { text: new TextDecoder().decode(bytes), isMainThread };
}

function* countTo({ last }: { last: number }) {
  for (let number = 1; number <= last; number++) yield { number, isMainThread };
}

function waitForGate({ gate }: { gate: Int32Array }): string {
  Atomics.wait(gate, 0, 0);
  return "open";
}

function* stepUntil({ gate }: { gate: Int32Array }): Steps<string> {
  while (Atomics.load(gate, 0) === 0) yield;
  return "open";
}

export type Refusal = "request" | "fields" | "status";

function refuse({ how }: { how: Refusal }): never {
  if (how === "request") throw new InvalidRequestError([{ path: ["a", 0], message: "is wrong" }]);
  if (how === "fields") {
    throw new UnprocessableError([
      { type: "missing", loc: ["body", "a"], msg: "Field required", input: null },
    ]);
  }
  throw Object.assign(new Error("Too deep"), { statusCode: 400 });
}

const functions = { describeBytes, countTo, waitForGate, stepUntil, refuse };

/** The decoders by name, for a worker. */
export const registry: DecoderRegistry = Object.fromEntries(
  Object.entries(functions).map(([name, decode]) => [name, async () => ({ name, decode })]),
);

/** One of these functions as a decoder. */
export function decoderOf<Name extends keyof typeof functions>(name: Name) {
  return { name, decode: functions[name] };
}
