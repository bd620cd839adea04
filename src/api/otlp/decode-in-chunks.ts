import { Buffer } from "node:buffer";
import type { Span } from "../../model/span.ts";
import { type DecodedExport, decodeExport, type ExportBody } from "./decode.ts";
import { noRefusals } from "./refusals.ts";

/** An export as it came, decompressed, in parts that are yet to be joined. */
export interface ReceivedBody {
  parts: Uint8Array[];
  encoding: ExportBody["encoding"];
}

/** An export to decode, and the project of spans whose resource names none. */
export interface DecodeRequest extends ReceivedBody {
  fallbackProject: string;
}

const MAX_CHUNK_SPANS = 256;
const MAX_CHUNK_BYTES = 256 * 1024;

/**
 * Decodes the whole export, then yields it in chunks of bounded size, at least one; the first has all refusals.
 *
 * @throws InvalidRequestError before the first chunk, when any part of the export is malformed.
 */
export function* decodeInChunks(request: DecodeRequest): Generator<DecodedExport> {
  const { parts, encoding, fallbackProject } = request;
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
