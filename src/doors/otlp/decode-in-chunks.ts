import { Buffer } from "node:buffer";
import { InvalidRequestError } from "../../model/base/errors.ts";
import type { Span } from "../../model/traces/span.ts";
import { piecesOf } from "../kit/decode/decoding-work.ts";
import { messagesIn, readExport } from "./decode.ts";
import { jsonToProtobuf } from "./json-body.ts";
import { noRefusals, type Refusals, refuse } from "./refusals.ts";

/** An export as it came, decompressed, in parts that are yet to be joined. */
export interface ReceivedBody {
  parts: Uint8Array[];
  encoding: "protobuf" | "json";
}

/** An export to decode, and the project of spans whose resource names none. */
export interface DecodeRequest extends ReceivedBody {
  fallbackProject: string;
}

/** Spans of an export in the model's terms, and how many were refused. */
export interface DecodedExport {
  spans: Span[];
  refusals: Refusals;
}

const MAX_CHUNK_SPANS = 256;
const MAX_CHUNK_BYTES = 256 * 1024;

/** What is kept of an export while the rest is checked, by the measure of `sizeOf`; what is beyond is decoded twice. */
const MAX_KEPT_BYTES = 192 * 2 ** 20;

/** Far more spans than an export of the largest size has, with the messages around them; it bounds the work. */
const MAX_MESSAGES = 1_000_000;

/** What a span takes beside its texts. */
const SPAN_BYTES = 1024;

/**
 * Decodes the whole export, then yields it in chunks of bounded size, at least one; the first has all refusals. Yields
 * nothing now and then, as a `StreamDecoder` may. Takes little more memory than the body, whatever that holds.
 *
 * @throws InvalidRequestError before the first chunk, when any part of the export is malformed.
 */
export function* decodeInChunks(request: DecodeRequest): Generator<DecodedExport | undefined> {
  const { encoding, fallbackProject } = request;
  const received = joined(request.parts);
  const bytes = encoding === "json" ? jsonToProtobuf(received) : received;
  checkCount(bytes);
  const refusals = noRefusals();
  const kept: Span[] = [];
  let keptBytes = 0;
  let read = 0;
  let firstNotKept: number | null = null;
  for (const result of readExport(bytes, fallbackProject)) {
    if (typeof result === "string") {
      refuse(refusals, result);
    } else if (result && keptBytes <= MAX_KEPT_BYTES) {
      kept.push(result);
      keptBytes += sizeOf(result) + SPAN_BYTES;
    } else if (result) {
      firstNotKept ??= read;
    }
    if (result !== undefined) read += 1;
    yield;
  }
  const others = firstNotKept === null ? [] : readExport(bytes, fallbackProject, firstNotKept);
  yield* inChunks(kept, others, refusals);
}

function checkCount(bytes: Uint8Array): void {
  if (countedIn(bytes, MAX_MESSAGES) <= MAX_MESSAGES) return;
  const message = `has more than ${MAX_MESSAGES} spans and groups of spans; send smaller batches`;
  throw new InvalidRequestError([{ path: ["body"], message }]);
}

/** Chunks of spans, of those that are kept and those that are read as they are asked for. */
function* inChunks(
  kept: Span[],
  others: Iterable<Span | string | undefined>,
  refusals: Refusals,
): Generator<DecodedExport | undefined> {
  let chunk: DecodedExport = { spans: [], refusals };
  let bytes = 0;
  for (const span of both(kept, others)) {
    if (span === undefined || typeof span === "string") {
      yield;
      continue;
    }
    const size = sizeOf(span);
    const { length } = chunk.spans;
    if (length > 0 && (length === MAX_CHUNK_SPANS || bytes + size > MAX_CHUNK_BYTES)) {
      yield chunk;
      chunk = { spans: [], refusals: noRefusals() };
      bytes = 0;
    }
    chunk.spans.push(span);
    bytes += size;
  }
  yield chunk;
}

function* both<Value>(some: Iterable<Value>, others: Iterable<Value>): Generator<Value> {
  yield* some;
  yield* others;
}

/** How many messages an export is made of, down to its spans, or how many pieces its JSON has; see `Decoder`. */
export function piecesOfExport({ parts, encoding }: ReceivedBody, most: number): number {
  if (encoding === "json") return piecesOf(parts, most);
  return countedIn(parts.length === 1 ? parts[0]! : Buffer.concat(parts), most);
}

/** The messages in an export; none where it is malformed, which its reader will say better. */
function countedIn(bytes: Uint8Array, most: number): number {
  try {
    return messagesIn(bytes, most);
  } catch {
    return 0;
  }
}

/** The bytes of a body, whose parts are given up. */
function joined(parts: Uint8Array[]): Uint8Array {
  return parts.length === 1 ? parts[0]! : Buffer.concat(parts.splice(0));
}

/** What a span adds to a message between threads, roughly; the origin it shares with others aside. */
function sizeOf(span: Span): number {
  const messages = span.messages.reduce((sum, { text, json }) => sum + text.length + json.length, 0);
  return span.payload.length + messages;
}
