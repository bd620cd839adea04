import type { ServerResponse } from "node:http";
import { constants, Http2ServerResponse } from "node:http2";
import { Readable } from "node:stream";
import type { FastifyReply } from "fastify";

/**
 * Answers with a body made piece by piece, at the reader's pace: the next piece is asked for when the connection has
 * taken the one before. The first is made before any header goes out, so that a failure until then can still be
 * answered as an error; a later one resets the connection (on HTTP/2 the stream), so that a cut body never looks whole.
 *
 * @param open makes the pieces, none empty; is given a signal that aborts when the client is gone
 */
export async function sendPieces(
  reply: FastifyReply,
  contentType: string,
  open: (signal: AbortSignal) => AsyncIterable<string | Uint8Array>,
): Promise<FastifyReply> {
  const gone = new AbortController();
  reply.raw.once("close", () => gone.abort());
  const pieces = open(gone.signal)[Symbol.asyncIterator]();
  let first: IteratorResult<string | Uint8Array>;
  try {
    first = await pieces.next();
  } catch (error) {
    if (gone.signal.aborted) return reply.hijack();
    throw error;
  }
  reply.type(contentType);
  return reply.send(first.done ? Buffer.alloc(0) : Readable.from(guarded(first.value, pieces, reply.raw)));
}

async function* guarded(
  first: string | Uint8Array,
  rest: AsyncIterator<string | Uint8Array>,
  response: ServerResponse | Http2ServerResponse,
): AsyncGenerator<string | Uint8Array> {
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
