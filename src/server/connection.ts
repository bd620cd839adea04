import { AsyncLocalStorage } from "node:async_hooks";
import type { EventEmitter } from "node:events";
import type { Socket } from "node:net";

const served = new AsyncLocalStorage<Socket>();

/** Does work for a connection: whatever comes of it, now or later, is known to be that connection's. */
export function forConnection<Result>(socket: Socket, work: () => Result): Result {
  return served.run(socket, work);
}

/** The connection for which the present code runs, if it is for one. */
export function presentConnection(): Socket | undefined {
  return served.getStore();
}

/**
 * Hears the errors of a request, response, socket, session or stream for as long as it lives. Nothing need be done of
 * them: whoever reads or writes it learns of its end. But an error that nobody hears ends the process.
 */
export function hearErrors(emitter: EventEmitter): void {
  emitter.on("error", ignore);
}

function ignore(): void {}

/** Answers a request that expects something else than 100-continue. */
export function refuseExpectation(
  request: EventEmitter,
  response: EventEmitter & { writeHead(status: number): { end(): unknown } },
): void {
  hearErrors(request);
  hearErrors(response);
  response.writeHead(417).end();
}
