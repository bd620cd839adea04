import { Buffer } from "node:buffer";
import type { FastifyInstance, FastifyRequest } from "fastify";
import type { DoorContext } from "../door.ts";
import { type BodyType, type DecodedBody, decodeBody } from "./decode-body.ts";

/**
 * Makes the door take bodies up to a size, whatever type they are said to have: browsers send JSON as text/plain, which
 * needs no preflight.
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

const decoder = { module: new URL("./decode-body.ts", import.meta.url).href, decode: decodeBody };

/**
 * Reads a request's body, a JSON object, by its type. Takes time in proportion to the body's length; the event loop is
 * not held for a large one.
 *
 * @throws UnprocessableError, InvalidRequestError when it is not JSON or not of the type
 */
export async function readBody<Name extends BodyType>(
  { decoding }: DoorContext,
  request: FastifyRequest,
  type: Name,
): Promise<DecodedBody<Name>> {
  const encoding = request.headers["content-encoding"] ?? "identity";
  if (encoding !== "identity") {
    const message = `The body must not be compressed with ${encoding}`;
    throw Object.assign(new Error(message), { statusCode: 415 });
  }
  const bytes = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
  return (await decoding.run(decoder, { type, bytes }, bytes.length)) as DecodedBody<Name>;
}
