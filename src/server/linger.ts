import type { IncomingMessage } from "node:http";
import type { Socket } from "node:net";

/** How much of a body that nobody reads is taken and dropped, so that its sender gets to read the answer. */
const MAX_DROPPED_BYTES = 16 * 2 ** 20;
const MAX_DROPPING_MS = 2000;

/** How often it is looked whether that is over. */
const LOOK_MS = 25;

/**
 * Drops the rest of a request that is answered already. A connection that is closed while its client still sends is
 * reset, and the client may lose the answer. What sends more than a bound, or for too long, is cut all the same.
 *
 * @param then called when the request is complete
 */
export function dropRest(socket: Socket, request: IncomingMessage, then: () => void): void {
  const bytesBefore = socket.bytesRead;
  const until = performance.now() + MAX_DROPPING_MS;
  request.resume();
  const timer = setInterval(look, LOOK_MS);
  const stop = () => clearInterval(timer);
  socket.once("close", stop);

  function look(): void {
    const isDone = request.complete;
    const isTooMuch = socket.bytesRead - bytesBefore > MAX_DROPPED_BYTES || performance.now() > until;
    if (!isDone && !isTooMuch) return;
    stop();
    socket.off("close", stop);
    if (isDone) then();
    else socket.destroy();
  }
}
