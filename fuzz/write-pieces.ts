import type { Writable } from "node:stream";
import { setImmediate as nextTurn, setTimeout as sleep } from "node:timers/promises";
import type { Input } from "./input.ts";

/**
 * Writes the pieces of an input; the client that leaves while it sends stops in the middle of them.
 *
 * @returns whether the other side took them: nothing is left to be done where it closed meanwhile
 */
export async function writePieces(stream: Writable, { pieces, leave, pauseMs }: Input): Promise<boolean> {
  const stopsAt = leave?.when === "sending" ? pieces.length >> 1 : pieces.length;
  for (const [index, piece] of pieces.entries()) {
    if (stream.destroyed || stream.closed) return false;
    if (index === stopsAt) {
      stream.write(piece.subarray(0, piece.length >> 1));
      break;
    }
    stream.write(piece);
    if (pauseMs !== undefined) await sleep(pauseMs);
    else if (index < pieces.length - 1) await nextTurn();
  }
  return true;
}
