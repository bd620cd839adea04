import type { Readable } from "node:stream";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { quoted } from "../../model/base/quoted.ts";
import type { DoorContext } from "../kit/door.ts";
import { collectBody } from "../kit/http/collect-body.ts";
import { httpError } from "../kit/http/http-error.ts";
import { untilAnswered } from "../kit/http/memory.ts";
import { bytesOf, hasBody, refuseCompressed } from "../kit/http/raw-body.ts";
import { originOf, projectOf } from "../kit/identity/request-project.ts";
import { type BodyKind, type DecodedBody, decodeBody } from "./decode-body.ts";

const JSON_TYPE = "application/json";

const decoder = { module: new URL("./decode-body.ts", import.meta.url).href, decode: decodeBody };

/**
 * Makes the door take JSON bodies up to a size, or to what their route says: UTF-8, not compressed, called JSON or not called anything.
 * Other types are a 415.
 */
export function takeJson(app: FastifyInstance, maxBytes: number): void {
  app.addHook("onRequest", ({ raw }, _reply, done) => {
    if (raw.headers["content-type"] === undefined && hasBody(raw)) raw.headers["content-type"] = JSON_TYPE;
    done();
  });
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("*", async (request: FastifyRequest, payload: Readable): Promise<Buffer> => {
    const type = request.headers["content-type"] ?? JSON_TYPE;
    if (!/^\s*application\/(?:[\w.-]+\+)?json\s*(?:;|$)/i.test(type)) {
      throw httpError(415, `The body must be application/json, not ${quoted(type)}`);
    }
    refuseCompressed(request);
    return collectBody(request, payload, Math.min(maxBytes, request.routeOptions.bodyLimit));
  });
}

/**
 * Reads a request's body by its kind. Takes time in proportion to the body's length; the event loop is not held for a
 * large one.
 *
 * @throws UnprocessableError with pydantic's detail, an error with a status as `parseBody` does; where the body names a project, what
 *   `checkProject` throws
 */
export async function bodyOf<Kind extends BodyKind>(
  context: DoorContext,
  request: FastifyRequest,
  kind: Kind,
): Promise<DecodedBody<Kind>> {
  const bytes = bytesOf(request);
  const received = { kind, bytes, now: context.now() };
  const over = untilAnswered(request);
  const body = await context.decoding.run(decoder, received, bytes.length, { over });
  if ("project_id" in body) checkProject(request, body.project_id, context);
  return body as DecodedBody<Kind>;
}

/**
 * Checks that a request may speak of a project.
 *
 * @throws InvalidRequestError when the URL or a header names another, ProjectForbiddenError when the key does not cover it
 */
export function checkProject(request: FastifyRequest, projectId: string, context: DoorContext): void {
  projectOf(originOf(request.raw), projectId, context);
}
