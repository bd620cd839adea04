import type { ServerResponse } from "node:http";
import { constants, Http2ServerResponse } from "node:http2";
import { Readable } from "node:stream";
import type { FastifyReply } from "fastify";

/** A part of an answer, or all of it at once. */
export type Piece = string | Uint8Array | { whole: Buffer };

/**
 * Answers with a body made piece by piece, at the reader's pace: the next piece is asked for when the connection has
 * taken the one before. The first is made before any header goes out, so that a failure until then can still be
 * answered as an error; a later one resets the connection (on HTTP/2 the stream), so that a cut body never looks whole.
 *
 * An answer that is one whole piece goes out with its length.
 *
 * @param open makes the pieces, none empty; is given a signal that aborts when the client is gone
 */
export async function sendPieces(
  reply: FastifyReply,
  contentType: string,
  open: (signal: AbortSignal) => AsyncIterable<Piece>,
): Promise<FastifyReply> {
  const gone = new AbortController();
  // It also closes when all is sent, and then there is nobody to tell: making the reason takes a while.
  reply.raw.once("close", () => reply.raw.writableFinished || gone.abort());
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
    await pieces.return?.();
    return reply.send(first.value.whole);
  }
  return reply.send(first.done ? Buffer.alloc(0) : Readable.from(guarded(first.value, pieces, reply.raw)));
}

async function* guarded(
  first: Piece,
  rest: AsyncIterator<Piece>,
  response: ServerResponse | Http2ServerResponse,
): AsyncGenerator<Piece> {
  try {
    yield first;
    yield* { [Symbol.asyncIterator]: () => rest };
  } catch (error) {
    reset(response);
    throw error;
  }
}

function reset(response: ServerResponse | Http2ServerResponse): void {
  if (response instanceof Http2ServerResponse) response.stream.close(constants.NGHTTP2_INTERNAL_ERROR);
  else response.socket?.resetAndDestroy();
}
