import type { ServerResponse } from "node:http";
import { constants, Http2ServerResponse } from "node:http2";
import { Readable } from "node:stream";
import { setImmediate as nextTurn } from "node:timers/promises";
import type { FastifyReply } from "fastify";

/** A part of an answer, or all of it at once. */
export type Piece = string | Uint8Array | { whole: string };

/** Longer texts are sent in slices of as many characters: each is made bytes in less than a millisecond. */
const SLICE_LENGTH = 256 * 1024;

/** Answers with a text, without holding the event loop for a long one. */
export async function sendText(
  reply: FastifyReply,
  contentType: string,
  text: string,
): Promise<FastifyReply> {
  if (text.length <= SLICE_LENGTH) return reply.type(contentType).send(text);
  return sendPieces(reply, contentType, () => slicesOf(text));
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
  reply.raw.once("close", () => gone.abort());
  const pieces = open(gone.signal)[Symbol.asyncIterator]();
  let first: IteratorResult<Piece>;
  try {
    first = await pieces.next();
  } catch (error) {
    if (gone.signal.aborted) return reply.hijack();
    throw error;
  }
  reply.type(contentType);
  if (!first.done && typeof first.value === "object" && "whole" in first.value) {
    const { whole } = first.value;
    await pieces.return?.();
    return reply.send(whole.length <= SLICE_LENGTH ? Buffer.from(whole) : Readable.from(slicesOf(whole)));
  }
  return reply.send(first.done ? Buffer.alloc(0) : Readable.from(guarded(first.value, pieces, reply.raw)));
}

async function* guarded(
  first: Piece,
  rest: AsyncIterator<Piece>,
  response: ServerResponse | Http2ServerResponse,
): AsyncGenerator<Piece> {
  try {
    yield* inSlices(first);
    for await (const piece of { [Symbol.asyncIterator]: () => rest }) yield* inSlices(piece);
  } catch (error) {
    reset(response);
    throw error;
  }
}

async function* inSlices(piece: Piece): AsyncGenerator<Piece> {
  if (typeof piece === "string" && piece.length > SLICE_LENGTH) yield* slicesOf(piece);
  else yield piece;
}

/** Cuts a text between characters, and lets others have their turn between two slices. */
async function* slicesOf(text: string): AsyncGenerator<string> {
  let start = 0;
  while (start < text.length) {
    const isPairCut = (text.codePointAt(start + SLICE_LENGTH - 1) ?? 0) > 0xffff;
    const end = start + SLICE_LENGTH + Number(isPairCut);
    yield text.slice(start, end);
    await nextTurn();
    start = end;
  }
}

function reset(response: ServerResponse | Http2ServerResponse): void {
  if (response instanceof Http2ServerResponse) response.stream.close(constants.NGHTTP2_INTERNAL_ERROR);
  else response.socket?.resetAndDestroy();
}
