import type { Transferable } from "node:worker_threads";
import type { ErrorClass } from "../../../workers/carried-error.ts";
import { createWorkerClient } from "../../../workers/worker-client.ts";
import { createDecodeQueue, type JobSize, type TurnOptions } from "./decode-queue.ts";
import type { Decoder, StreamDecoder } from "./decoder.ts";
import { piecesOf } from "./decoding-work.ts";
import { finish } from "./steps.ts";

/** How an input waits for its turn, and until when what is made of it is held. */
type DecodingOptions = Pick<TurnOptions, "signal" | "over">;

/** Runs decoders where they do not hold the event loop: what is little work at once, all else in workers. */
export interface Decoding {
  /**
   * Decodes an input. Takes over its `bytes`, or those of its `parts`: they may be moved to the worker.
   *
   * @param size its length in bytes or characters
   * @throws what the decoder throws; in a worker errors lose their class, but for those named to `createDecoding`
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

/** What the worker is asked to do: to decode an input or, where there is none, only to load the decoder. */
export interface DecodeTask {
  /** A name in the registry. */
  decoder: string;
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

/**
 * Decoding with two workers that start as they are needed; see `DecodeQueue`.
 *
 * @param worker the module that calls `serveDecoders` with the decoders that are used
 * @param errors the classes of errors that keep their class when a worker throws them
 */
export function createDecoding(worker: URL, errors: readonly ErrorClass[]): Decoding {
  const createWorker = () => createWorkerClient<DecodeTask, unknown>(worker, errors);
  const workers = [createWorker(), createWorker()] as const;
  const queue = createDecodeQueue(...workers);
  const loaded = new Set<string>();
  /** What is decoded much is also sent in small, and starting a worker takes longer than most small jobs. */
  const prepare = (job: JobSize, decoder: string): void => {
    if (job === "small" || loaded.has(decoder)) return;
    loaded.add(decoder);
    workers[0].call({ decoder }).catch(() => loaded.delete(decoder));
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
      prepare(job, decoder.name);
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
      prepare(job, decoder.name);
      const turn = await queue.turn(job, { ...options, bytes: size });
      try {
        yield* turn.thread.stream(...taskOf(decoder, input)) as AsyncIterable<Part>;
      } finally {
        turn.end();
      }
    },

    async close() {
      await Promise.all(workers.map((worker) => worker.close()));
    },
  };
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
  { name }: Pick<Decoder<Input, unknown>, "name">,
  input: Input,
): [DecodeTask, Transferable[]] {
  const { bytes, parts = [] } = input as { bytes?: unknown; parts?: unknown[] };
  const moved = [bytes, ...parts].filter(isMovable).map(({ buffer }) => buffer);
  return [{ decoder: name, input }, moved];
}

/** Whether a value is bytes in a buffer that holds nothing else. */
function isMovable(value: unknown): value is Uint8Array<ArrayBuffer> {
  return value instanceof Uint8Array && value.byteLength === value.buffer.byteLength;
}
