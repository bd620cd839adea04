import { Buffer } from "node:buffer";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { quoted } from "../model/quoted.ts";
import { httpError } from "./http-error.ts";

/**
 * Makes a door take bodies up to a size as bytes, whatever type they are said to have: browsers send JSON as text/plain,
 * which needs no preflight.
 */
export function takeBodies(app: FastifyInstance, maxBytes: number): void {
  app.addHook("onRequest", async ({ raw }) => {
    delete raw.headers["content-type"];
  });
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(
    "*",
    { parseAs: "buffer", bodyLimit: maxBytes },
    async (_request: FastifyRequest, bytes: Buffer) => bytes,
  );
}

/** Refuses a compressed body, with a 415. */
export function refuseCompressed(request: FastifyRequest): void {
  const encoding = request.headers["content-encoding"] ?? "identity";
  if (encoding !== "identity")
    throw httpError(415, `The body must not be compressed with ${quoted(encoding)}`);
}

/** The bytes of a request's body; none if there is no body. */
export function bytesOf(request: FastifyRequest): Buffer {
  return Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
}
