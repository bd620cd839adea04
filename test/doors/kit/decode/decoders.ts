import { isMainThread } from "node:worker_threads";
import { UnprocessableError } from "../../../../src/doors/fastapi/fault.ts";
import type { Steps } from "../../../../src/doors/kit/decode/steps.ts";
import { InvalidRequestError } from "../../../../src/model/base/errors.ts";

/** Decoders for tests: what they throw and give is what the input says. */

export function describeBytes({ bytes }: { bytes: Uint8Array }) {
  return { text: new TextDecoder().decode(bytes), isMainThread };
}

export function* countTo({ last }: { last: number }) {
  for (let number = 1; number <= last; number++) yield { number, isMainThread };
}

export function waitForGate({ gate }: { gate: Int32Array }): string {
  Atomics.wait(gate, 0, 0);
  return "open";
}

export function* stepUntil({ gate }: { gate: Int32Array }): Steps<string> {
  while (Atomics.load(gate, 0) === 0) yield;
  return "open";
}

export type Refusal = "request" | "fields" | "status";

export function refuse({ how }: { how: Refusal }): never {
  if (how === "request") throw new InvalidRequestError([{ path: ["a", 0], message: "is wrong" }]);
  if (how === "fields") {
    throw new UnprocessableError([
      { type: "missing", loc: ["body", "a"], msg: "Field required", input: null },
    ]);
  }
  throw Object.assign(new Error("Too deep"), { statusCode: 400 });
}

/** One of these functions as a decoder. */
export function decoderOf<Decode>(decode: Decode): { module: string; decode: Decode } {
  return { module: import.meta.url, decode };
}
