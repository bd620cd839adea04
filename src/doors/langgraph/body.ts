import type { FastifyRequest } from "fastify";
import type { DoorContext } from "../kit/door.ts";
import { untilAnswered } from "../kit/http/memory.ts";
import { bytesOf, refuseCompressed } from "../kit/http/raw-body.ts";
import { type BodyType, type DecodedBody, decodeBody } from "./decode-body.ts";

const decoder = { module: new URL("./decode-body.ts", import.meta.url).href, decode: decodeBody };

/**
 * Reads a request's body, a JSON object, by its type. No body at all is an empty object. Takes time in proportion to
 * the body's length; the event loop is not held for a large one.
 *
 * @throws InvalidRequestError when it is not JSON or not of the type
 */
export async function readBody<Name extends BodyType>(
  { decoding }: DoorContext,
  request: FastifyRequest,
  type: Name,
): Promise<DecodedBody<Name>> {
  refuseCompressed(request);
  const bytes = bytesOf(request);
  const over = untilAnswered(request);
  return (await decoding.run(decoder, { type, bytes }, bytes.length, { over })) as DecodedBody<Name>;
}
