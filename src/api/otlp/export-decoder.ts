import { Buffer } from "node:buffer";
import { InvalidRequestError } from "../../model/errors.ts";
import type { Span } from "../../model/span.ts";
import { createWorkerClient } from "../../worker/worker-client.ts";
import { type DecodedExport, decodeExport, type ExportBody } from "./decode.ts";
import { noRefusals } from "./refusals.ts";

/** An export as it came, decompressed, in parts that are yet to be joined. */
export interface ReceivedBody {
  parts: Uint8Array[];
  encoding: ExportBody["encoding"];
}

/** What the decoding worker is asked for. */
export interface DecodeRequest {
  body: ReceivedBody;
  fallbackProject: string;
}

/** Decodes exports without holding the event loop for long. */
export interface ExportDecoder {
  /**
   * Decodes the whole export, then yields it in chunks of bounded size, at least one; the first has all refusals.
   * Takes over the body's parts.
   *
   * @throws InvalidRequestError before the first chunk, when any part of the export is malformed.
   */
  decode(request: DecodeRequest): AsyncIterable<DecodedExport>;
  close(): Promise<void>;
}

/** Larger bodies are decoded in the worker: this one takes a millisecond or two. */
const MAX_INLINE_BYTES = 32 * 1024;

const MAX_CHUNK_SPANS = 256;
const MAX_CHUNK_BYTES = 256 * 1024;

/** A decoder whose worker starts with the first large export. */
export function createExportDecoder(): ExportDecoder {
  const worker = createWorkerClient<DecodeRequest, DecodedExport>(
    new URL("./decode-worker.ts", import.meta.url),
    [InvalidRequestError],
  );
  return {
    async *decode(request) {
      const { parts, encoding } = request.body;
      if (parts.reduce((sum, { length }) => sum + length, 0) <= MAX_INLINE_BYTES) {
        yield* decodeInChunks(request);
      } else {
        const own = parts.map(ownBuffer);
        const buffers = own.map(({ buffer }) => buffer);
        yield* worker.stream({ ...request, body: { parts: own, encoding } }, buffers);
      }
    },
    close: () => worker.close(),
  };
}

/** Decodes on this thread, all of it before the first chunk. */
export function* decodeInChunks({ body, fallbackProject }: DecodeRequest): Generator<DecodedExport> {
  const { parts, encoding } = body;
  const bytes = parts.length === 1 ? parts[0]! : Buffer.concat(parts);
  const { spans, refusals } = decodeExport({ bytes, encoding }, fallbackProject);
  let chunk: Span[] = [];
  let chunkBytes = 0;
  let chunkRefusals = refusals;
  for (const span of spans) {
    const bytes = sizeOf(span);
    if (chunk.length > 0 && (chunk.length === MAX_CHUNK_SPANS || chunkBytes + bytes > MAX_CHUNK_BYTES)) {
      yield { spans: chunk, refusals: chunkRefusals };
      chunk = [];
      chunkBytes = 0;
      chunkRefusals = noRefusals();
    }
    chunk.push(span);
    chunkBytes += bytes;
  }
  yield { spans: chunk, refusals: chunkRefusals };
}

/** What a span adds to a message between threads, roughly; the origin it shares with others aside. */
function sizeOf(span: Span): number {
  const messages = span.messages.reduce((sum, { text, json }) => sum + text.length + json.length, 0);
  return span.payload.length + messages;
}

/** The bytes in a buffer that holds nothing else, and so can be moved to another thread. */
function ownBuffer(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const { buffer, byteLength } = bytes;
  const isAlone = buffer instanceof ArrayBuffer && buffer.byteLength === byteLength;
  return isAlone ? new Uint8Array(buffer) : new Uint8Array(bytes);
}
