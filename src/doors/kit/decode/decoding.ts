import type { Transferable } from "node:worker_threads";
import { InvalidRequestError } from "../../../model/base/errors.ts";
import { createWorkerClient, type WorkerClient } from "../../../workers/worker-client.ts";
import { UnprocessableError } from "../../fastapi/fault.ts";
import { createDecodeQueue, type JobSize, type TurnOptions } from "./decode-queue.ts";
import { piecesOf } from "./decoding-work.ts";
import { finish, type Steps } from "./steps.ts";

/**
 * A function that makes something of what a client sent, and of nothing else. A thread of its own can run it, so what
 * it takes, gives and throws can be cloned; documents in it are best left as texts, which cost next to nothing then.
 */
interface Decoder<Input, Output> {
  /** The URL of the module that exports the function, under the function's own name. */
  module: string;
  /** Decodes an input, at once or in steps: then others have their turn between them. */
  decode: (input: Input) => Output | Steps<Output>;
  /** What the input is made of, in pieces that take up to 5 µs each, if those are not JSON's; see `piecesOf`. */
  pieces?: (input: Input, most: number) => number;
}

/** A decoder that gives many values; between them it may give nothing, so that others have their turn. */
interface StreamDecoder<Input, Part> extends Omit<Decoder<Input, never>, "decode"> {
  decode: (input: Input) => Iterable<Part | undefined>;
}

/** How an input waits for its turn, and until when what is made of it is held. */
type DecodingOptions = Pick<TurnOptions, "signal" | "over">;

/** Runs decoders where they do not hold the event loop: what is little work at once, all else in worker threads. */
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
    options?: DecodingOptions,
  ): Promise<Output>;
  /** The same with a decoder that gives many values, each of which is made when the one before it was taken. */
  stream<Input extends object, Part>(
    decoder: StreamDecoder<Input, Part>,
    input: Input,
    size: number,
    options?: DecodingOptions,
  ): AsyncIterable<Part>;
  close(): Promise<void>;
}

/** What the worker is asked to do: to decode, or only to load a module that it will need. */
export interface DecodeTask {
  module: string;
  name: string | null;
  input?: unknown;
}

/** How much a job can be. */
interface Bounds {
  /** Bytes or characters. */
  size: number;
  pieces: number;
}

/** What takes some milliseconds at most: decoded on the event loop. */
const INLINE: Bounds = { size: 32 * 1024, pieces: 1500 };

/** What takes some 100 ms at most. */
const SMALL: Bounds = { size: 2 ** 20, pieces: 100_000 };

type DecodeClient = WorkerClient<DecodeTask, unknown>;

/** Decoding with two threads that start as they are needed; see `DecodeQueue`. */
export function createDecoding(): Decoding {
  const threads = [createThread(), createThread()] as const;
  const queue = createDecodeQueue(...threads);
  const loaded = new Set<string>();
  /** What is decoded much is also sent in small, and starting a thread takes longer than most small jobs. */
  const prepare = (job: JobSize, { module }: { module: string }): void => {
    if (job === "small" || loaded.has(module)) return;
    loaded.add(module);
    threads[0].call({ module, name: null }).catch(() => loaded.delete(module));
  };
  return {
    async run<Input extends object, Output>(
      decoder: Decoder<Input, Output>,
      input: Input,
      size: number,
      options?: DecodingOptions,
    ) {
      const job = jobOf(decoder, input, size);
      if (job === null) return finish(decoder.decode(input));
      prepare(job, decoder);
      const turn = await queue.turn(job, { ...options, bytes: size });
      try {
        return (await turn.thread.call(...taskOf(decoder, input))) as Output;
      } finally {
        turn.end();
      }
    },

    async *stream<Input extends object, Part>(
      decoder: StreamDecoder<Input, Part>,
      input: Input,
      size: number,
      options?: DecodingOptions,
    ) {
      const job = jobOf(decoder, input, size);
      if (job === null) {
        for (const part of decoder.decode(input)) if (part !== undefined) yield part;
        return;
      }
      prepare(job, decoder);
      const turn = await queue.turn(job, { ...options, bytes: size });
      try {
        yield* turn.thread.stream(...taskOf(decoder, input)) as AsyncIterable<Part>;
      } finally {
        turn.end();
      }
    },

    async close() {
      await Promise.all(threads.map((thread) => thread.close()));
    },
  };
}

function createThread(): DecodeClient {
  const classes = [InvalidRequestError, UnprocessableError];
  return createWorkerClient(new URL("./decode-worker.ts", import.meta.url), classes);
}

/** What an input is as a job; null where it is none, but decoded at once. */
function jobOf<Input>(
  { pieces = piecesOf }: Pick<Decoder<Input, never>, "pieces">,
  input: Input,
  size: number,
): JobSize | null {
  if (size > SMALL.size) return "large";
  const count = pieces(input, SMALL.pieces);
  if (count > SMALL.pieces) return "large";
  return size <= INLINE.size && count <= INLINE.pieces ? null : "small";
}

/** What to send to the worker, and what of it to move there. */
function taskOf<Input extends object>(
  { module, decode }: Pick<Decoder<Input, unknown>, "module" | "decode">,
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
