import type { ServerResponse } from "node:http";
import { constants, Http2ServerResponse } from "node:http2";
import { Readable } from "node:stream";
import { setImmediate as nextTurn } from "node:timers/promises";
import type { FastifyReply } from "fastify";
import { bytesOf } from "./text-bytes.ts";

/** A part of an answer, or all of it at once; texts follow one another. */
export type Piece = string | string[] | Uint8Array | { whole: string | string[] };

/** Longer texts are sent in slices of as many characters: each is made bytes in less than a millisecond. */
const SLICE_LENGTH = 512 * 1024;

/** Answers with a text, or some that follow one another, without holding the event loop for a long one. */
export function sendText(reply: FastifyReply, contentType: string, text: string | string[]): FastifyReply {
  const texts = [text].flat();
  reply.type(contentType);
  return reply.send(lengthOf(texts) <= SLICE_LENGTH ? bytesOf(texts) : Readable.from(slicesOf(texts)));
}

/**
 * Answers with a body made piece by piece, at the reader's pace: the next piece is asked for when the connection has
 * taken the one before. The first is made before any header goes out, so that a failure until then can still be
 * answered as an error; a later one resets the connection (on HTTP/2 the stream), so that a cut body never looks whole.
 *
 * An answer that is one whole piece, and not a long one, goes out with its length.
 *
 * @param open makes the pieces, none empty; is given a signal that aborts when the client is gone
 */
export async function sendPieces(
  reply: FastifyReply,
  contentType: string,
  open: (signal: AbortSignal) => AsyncIterable<Piece>,
): Promise<FastifyReply> {
  const gone = new AbortController();
  // Making the reason of an abort takes as long as a short read: not where nobody listens any more.
  let isOver = false;
  reply.raw.once("close", () => isOver || gone.abort());
  const pieces = open(gone.signal)[Symbol.asyncIterator]();
  let first: IteratorResult<Piece>;
  try {
    first = await pieces.next();
  } catch (error) {
    if (gone.signal.aborted) return reply.hijack();
    throw error;
  }
  if (!first.done && typeof first.value === "object" && "whole" in first.value) {
    const { whole } = first.value;
    await pieces.return?.();
    isOver = true;
    return sendText(reply, contentType, whole);
  }
  reply.type(contentType);
  return reply.send(first.done ? Buffer.alloc(0) : Readable.from(guarded(first.value, pieces, reply.raw)));
}

async function* guarded(
  first: Piece,
  rest: AsyncIterator<Piece>,
  response: ServerResponse | Http2ServerResponse,
): AsyncGenerator<Uint8Array> {
  try {
    yield* inSlices(first);
    for await (const piece of { [Symbol.asyncIterator]: () => rest }) yield* inSlices(piece);
  } catch (error) {
    reset(response);
    throw error;
  } finally {
    // A client may leave before the first piece is sent, when nobody has asked for the rest.
    await rest.return?.();
  }
}

async function* inSlices(piece: Piece): AsyncGenerator<Uint8Array> {
  if (piece instanceof Uint8Array) {
    yield piece;
    return;
  }
  const texts = [typeof piece === "object" && "whole" in piece ? piece.whole : piece].flat();
  if (lengthOf(texts) <= SLICE_LENGTH) yield bytesOf(texts);
  else yield* slicesOf(texts);
}

/** Makes texts bytes slice by slice, and lets others have their turn between two of them. */
async function* slicesOf(texts: string[]): AsyncGenerator<Uint8Array> {
  let slice: string[] = [];
  let room = SLICE_LENGTH;
  for (const text of texts) {
    for (const part of partsOf(text)) {
      if (part.length > room && slice.length > 0) {
        yield bytesOf(slice);
        await nextTurn();
        [slice, room] = [[], SLICE_LENGTH];
      }
      slice.push(part);
      room -= part.length;
    }
  }
  yield bytesOf(slice);
}

/** Cuts a long text between characters. */
function* partsOf(text: string): Generator<string> {
  let start = 0;
  while (start < text.length) {
    const isPairCut = (text.codePointAt(start + SLICE_LENGTH - 1) ?? 0) > 0xffff;
    const end = start + SLICE_LENGTH + Number(isPairCut);
    yield text.slice(start, end);
    start = end;
  }
}

function lengthOf(texts: string[]): number {
  return texts.reduce((length, text) => length + text.length, 0);
}

function reset(response: ServerResponse | Http2ServerResponse): void {
  if (response instanceof Http2ServerResponse) response.stream.close(constants.NGHTTP2_INTERNAL_ERROR);
  else response.socket?.resetAndDestroy();
}
