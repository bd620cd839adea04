import { Readable } from "node:stream";
import { setImmediate as nextTurn } from "node:timers/promises";
import type { FastifyReply } from "fastify";
import type { ReadOptions } from "../../../store/roles/read-options.ts";
import type { AnswerAccount } from "./answer-budget.ts";
import { connectionOf } from "./connection-of.ts";
import { CHUNK_BYTES, cut, openAnswer, whenOver } from "./memory.ts";
import { bytesOf } from "./text-bytes.ts";

/** A part of an answer, or all of it at once; texts follow one another. */
export type Piece = string | string[] | Uint8Array | { whole: string | string[] };

/** Longer texts are sent in slices of as many characters: each is made bytes in less than a millisecond. */
const SLICE_LENGTH = 512 * 1024;

/** Answers with a text, or some that follow one another, without holding the event loop for a long one. */
export function sendText(reply: FastifyReply, contentType: string, text: string | string[]): FastifyReply {
  const texts = [text].flat();
  reply.type(contentType);
  if (lengthOf(texts) <= SLICE_LENGTH) return reply.send(bytesOf(texts));
  return reply.send(Readable.from(counted(texts, openAnswer(reply.server.memory, reply.raw))));
}

/**
 * Answers with a body made piece by piece, at the reader's pace: the next piece is asked for when the connection has
 * taken the one before, and there is room for it. The first is made before any header goes out, so that a failure until
 * then can still be answered as an error; a later one resets the connection (on HTTP/2 the stream), so that a cut body
 * never looks whole. So does a client that takes nothing for too long.
 *
 * An answer that is one whole piece, and not a long one, goes out with its length.
 *
 * @param open makes the pieces, none empty; is given what to read with, whose signal aborts when the client is gone
 */
export async function sendPieces(
  reply: FastifyReply,
  contentType: string,
  open: (read: Required<ReadOptions>) => AsyncIterable<Piece>,
): Promise<FastifyReply> {
  const { memory } = reply.server;
  const gone = new AbortController();
  const connection = connectionOf(reply.raw);
  const room = () => memory.answers.room(connection, gone.signal);
  // Making the reason of an abort takes as long as a short read: not where nobody listens any more.
  let isOver = false;
  let pieces: AsyncIterator<Piece> | null = null;
  whenOver(reply.raw, () => {
    if (isOver) return;
    gone.abort();
    // The client may have left before the first piece was sent, when nobody has asked for the rest.
    pieces?.return?.().catch(() => {});
  });
  pieces = open({ signal: gone.signal, room })[Symbol.asyncIterator]();
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
  if (first.done) return reply.send(Buffer.alloc(0));
  const account = openAnswer(memory, reply.raw);
  account.hold(lengthOf(textsOf(first.value)));
  return reply.send(Readable.from(guarded(first.value, pieces, { reply, account, room })));
}

/** What it takes to send pieces. */
interface Sending {
  reply: FastifyReply;
  account: AnswerAccount;
  room: () => Promise<void> | null;
}

async function* guarded(
  first: Piece,
  rest: AsyncIterator<Piece>,
  { reply, account, room }: Sending,
): AsyncGenerator<Uint8Array> {
  try {
    for (let next: IteratorResult<Piece> = { value: first }; !next.done; next = await rest.next()) {
      const bytes = bytesAtOnce(next.value);
      if (bytes && bytes.length <= CHUNK_BYTES) {
        account.hold(bytes.length);
        yield bytes;
        account.hold(0);
      } else {
        yield* counted(bytes ?? next.value, account);
      }
      const wait = room();
      if (wait) await wait;
    }
  } catch (error) {
    cut(reply.raw);
    throw error;
  } finally {
    await rest.return?.();
  }
}

/** Gives the bytes of a piece chunk by chunk, and counts what of it is still held. */
async function* counted(piece: Piece, account: AnswerAccount): AsyncGenerator<Uint8Array> {
  const texts = textsOf(piece);
  let left = lengthOf(texts);
  for await (const slice of piece instanceof Uint8Array ? [piece] : slicesOf(texts)) {
    left -= slice.length;
    for (let at = 0; at < slice.length; at += CHUNK_BYTES) {
      account.hold(slice.length - at + Math.max(0, left));
      yield slice.subarray(at, at + CHUNK_BYTES);
    }
  }
  account.hold(0);
}

/** The bytes of a piece; null where it is text that takes long to become bytes. */
function bytesAtOnce(piece: Piece): Uint8Array | null {
  if (piece instanceof Uint8Array) return piece;
  const texts = textsOf(piece);
  return lengthOf(texts) <= SLICE_LENGTH ? bytesOf(texts) : null;
}

/** The texts in a piece; none in one that is bytes. */
function textsOf(piece: Piece): string[] {
  if (piece instanceof Uint8Array) return [];
  return [typeof piece === "object" && "whole" in piece ? piece.whole : piece].flat();
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
