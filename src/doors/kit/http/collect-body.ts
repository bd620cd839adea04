import { Buffer } from "node:buffer";
import type { Readable } from "node:stream";
import type { FastifyRequest } from "fastify";
import { httpError } from "./http-error.ts";
import { openBody } from "./memory.ts";

/**
 * Reads the whole body of a request, no more than `maxBytes` of it. Its bytes count until the request is answered; while
 * too much is held, a large one waits, unread. What is left of one that is refused is for the listener to drop.
 *
 * @throws an error with the status 413 when it is larger, 408 when it comes too slowly, 400 when it is cut off;
 *   OverloadedError when there is no room for it
 */
export function collectBody(request: FastifyRequest, payload: Readable, maxBytes: number): Promise<Buffer> {
  const { promise, resolve, reject } = Promise.withResolvers<Buffer>();
  const length = Number(request.headers["content-length"]);
  if (length > maxBytes) throw httpError(413, "Request body is too large");
  const account = openBody(request.server.memory, request.rawAnswer, () =>
    refuse(httpError(408, "The body came too slowly")),
  );
  const chunks: Buffer[] = [];
  let received = 0;

  function onData(chunk: Buffer): void {
    received += chunk.length;
    chunks.push(chunk);
    if (received > maxBytes) {
      refuse(httpError(413, "Request body is too large"));
      return;
    }
    try {
      const wait = account.take(chunk.length);
      if (wait === null) return;
      payload.pause();
      wait.then(() => payload.resume());
    } catch (error) {
      refuse(error as Error);
    }
  }

  function onEnd(): void {
    leave();
    account.complete();
    if (length >= 0 && received !== length)
      reject(httpError(400, "The body is not as long as its length says"));
    else resolve(Buffer.concat(chunks, received));
  }

  function onCut(): void {
    refuse(httpError(400, "The body was cut off"));
  }

  function refuse(error: Error): void {
    leave();
    chunks.length = 0;
    account.close();
    reject(error);
  }

  function leave(): void {
    payload.off("data", onData).off("end", onEnd).off("error", onCut).off("close", onCut);
  }

  payload.on("data", onData).on("end", onEnd).on("error", onCut).on("close", onCut);
  return promise;
}
