import type { Transferable } from "node:worker_threads";
import { InvalidRequestError } from "../model/errors.ts";
import { createWorkerClient } from "../worker/worker-client.ts";
import { UnprocessableError } from "./pydantic/fault.ts";

/**
 * A function that makes something of what a client sent, and of nothing else. A thread of its own can run it, so what
 * it takes, gives and throws can be cloned; documents in it are best left as texts, which cost next to nothing then.
 */
export interface Decoder<Input, Output> {
  /** The URL of the module that exports the function, under the function's own name. */
  module: string;
  decode: (input: Input) => Output;
}

/** Runs decoders where they do not hold the event loop: small inputs at once, larger ones in worker threads. */
export interface Decoding {
  /**
   * Decodes an input. Takes over its `bytes`, or those of its `parts`: they may be moved to the thread.
   *
   * @param size its length in bytes or characters
   * @throws what the decoder throws; of errors other than `InvalidRequestError` and `UnprocessableError` the class is lost
   */
  run<Input extends object, Output>(
    decoder: Decoder<Input, Output>,
    input: Input,
    size: number,
  ): Promise<Output>;
  /** The same with a decoder that gives many values, each of which is made when the one before it was taken. */
  stream<Input extends object, Part>(
    decoder: Decoder<Input, Iterable<Part>>,
    input: Input,
    size: number,
  ): AsyncIterable<Part>;
  close(): Promise<void>;
}

/** What the worker is asked to do. */
export interface DecodeTask {
  module: string;
  name: string;
  input: unknown;
}

/** Inputs up to this size take a millisecond or two. */
const MAX_INLINE_SIZE = 32 * 1024;

/** Enough that one large input does not hold up all others. */
const THREADS = 2;

/** Decoding with threads that start as they are needed; each input goes to the one with the least to do. */
export function createDecoding(): Decoding {
  const threads = Array.from({ length: THREADS }, () => ({
    underWay: 0,
    client: createWorkerClient<DecodeTask, unknown>(new URL("./decode-worker.ts", import.meta.url), [
      InvalidRequestError,
      UnprocessableError,
    ]),
  }));
  const leastBusy = () => threads.reduce((least, other) => (other.underWay < least.underWay ? other : least));
  return {
    async run<Input extends object, Output>(decoder: Decoder<Input, Output>, input: Input, size: number) {
      if (size <= MAX_INLINE_SIZE) return decoder.decode(input);
      const thread = leastBusy();
      thread.underWay += 1;
      try {
        return (await thread.client.call(...taskOf(decoder, input))) as Output;
      } finally {
        thread.underWay -= 1;
      }
    },

    async *stream<Input extends object, Part>(
      decoder: Decoder<Input, Iterable<Part>>,
      input: Input,
      size: number,
    ) {
      if (size <= MAX_INLINE_SIZE) {
        yield* decoder.decode(input);
        return;
      }
      const thread = leastBusy();
      thread.underWay += 1;
      try {
        yield* thread.client.stream(...taskOf(decoder, input)) as AsyncIterable<Part>;
      } finally {
        thread.underWay -= 1;
      }
    },

    async close() {
      await Promise.all(threads.map(({ client }) => client.close()));
    },
  };
}

/** What to send to the worker, and what of it to move there. */
function taskOf<Input extends object>(
  { module, decode }: Decoder<Input, unknown>,
  input: Input,
): [DecodeTask, Transferable[]] {
  const { bytes, parts = [] } = input as { bytes?: unknown; parts?: unknown[] };
  const moved = [bytes, ...parts].filter(isMovable).map(({ buffer }) => buffer);
  return [{ module, name: decode.name, input }, moved];
}

/** Whether a value is bytes in a buffer that holds nothing else. */
function isMovable(value: unknown): value is Uint8Array<ArrayBuffer> {
  return value instanceof Uint8Array && value.byteLength === value.buffer.byteLength;
}
