import { Buffer } from "node:buffer";
import type { IncomingMessage } from "node:http";
import { Http2ServerRequest } from "node:http2";
import type { Readable } from "node:stream";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { quoted } from "../../../model/base/quoted.ts";
import { collectBody } from "./collect-body.ts";
import { httpError } from "./http-error.ts";

/**
 * Makes a door take bodies up to a size as bytes, whatever type they are said to have: browsers send JSON as text/plain,
 * which needs no preflight.
 */
export function takeBodies(app: FastifyInstance, maxBytes: number): void {
  app.addHook("onRequest", (request, _reply, done) => {
    // Over HTTP/2 a body need not have a length; Fastify then reads one that has a type only.
    request.raw.headers["content-type"] = "application/octet-stream";
    done();
  });
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("*", (request: FastifyRequest, payload: Readable) =>
    collectBody(request, payload, maxBytes),
  );
}

/** Whether a request has a body, which may be empty. */
export function hasBody(request: IncomingMessage | Http2ServerRequest): boolean {
  if (request instanceof Http2ServerRequest) return !request.stream.endAfterHeaders;
  const { "content-length": length = "0", "transfer-encoding": coding } = request.headers;
  return coding !== undefined || length !== "0";
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
