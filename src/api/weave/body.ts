import type { FastifyInstance, FastifyRequest } from "fastify";
import type { z } from "zod";
import { isJsonObject, type JsonObject } from "../../model/json/value.ts";
import type { DoorContext } from "../door.ts";
import { validate } from "../pydantic/validate.ts";
import { originOf, projectOf } from "../request-project.ts";
import { type BodyKind, type DecodedBody, decodeBody } from "./decode-body.ts";
import { HttpError } from "./errors.ts";
import { type ExactBody, type ParsedBody, parseBody, parseExactBody } from "./parse-body.ts";

export { MAX_DEPTH } from "./parse-body.ts";

/** A body as it came, which is parsed when it is looked into. */
export interface JsonBody extends ExactBody {
  /** What was moved to another thread is empty here. */
  bytes: Uint8Array;
}

const decoder = { module: new URL("./decode-body.ts", import.meta.url).href, decode: decodeBody };

/**
 * Makes the door take JSON bodies up to a size: UTF-8, not compressed, called JSON or not called anything.
 * Other types are a 415.
 */
export function takeJson(app: FastifyInstance, maxBytes: number): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(
    "*",
    { parseAs: "buffer", bodyLimit: maxBytes },
    async (request: FastifyRequest, bytes: Buffer): Promise<JsonBody> => {
      const type = request.headers["content-type"] ?? "application/json";
      if (!/^\s*application\/(?:[\w.-]+\+)?json\s*(?:;|$)/i.test(type)) {
        throw new HttpError(415, `The body must be application/json, not ${type}`);
      }
      const encoding = request.headers["content-encoding"] ?? "identity";
      if (encoding !== "identity")
        throw new HttpError(415, `The body must not be compressed with ${encoding}`);
      return lazyBody(bytes);
    },
  );
}

function lazyBody(bytes: Uint8Array): JsonBody {
  let parsed: ParsedBody | undefined;
  const read = () => (parsed ??= parseBody(bytes));
  return {
    bytes,
    get text() {
      return read().text;
    },
    get exact() {
      return parseExactBody(bytes).exact;
    },
    get value() {
      return read().value;
    },
  };
}

/** The bytes of a request's body; none if there is no body. */
export function bytesOf(request: FastifyRequest): Uint8Array {
  return (request.body as JsonBody | undefined)?.bytes ?? new Uint8Array();
}

/**
 * Reads a request's body by its kind. Takes time in proportion to the body's length; the event loop is not held for a
 * large one.
 *
 * @throws UnprocessableError with pydantic's detail, HttpError as `parseBody` does; where the body names a project, what
 *   `checkProject` throws
 */
export async function bodyOf<Kind extends BodyKind>(
  context: DoorContext,
  request: FastifyRequest,
  kind: Kind,
): Promise<DecodedBody<Kind>> {
  const bytes = bytesOf(request);
  const body = await context.decoding.run(decoder, { kind, bytes }, bytes.length);
  if ("project_id" in body) checkProject(request, body.project_id, context);
  return body as DecodedBody<Kind>;
}

/**
 * Checks a request's body, which names the project, against its type.
 *
 * @throws UnprocessableError with pydantic's detail, InvalidRequestError when the URL or a header names another
 *   project, ProjectForbiddenError when the key does not cover it
 */
export function readBody<T extends z.ZodType<{ project_id: string }>>(
  request: FastifyRequest,
  type: T,
  context: DoorContext,
): z.output<T> {
  const value = checkBody(request, type);
  checkProject(request, value.project_id, context);
  return value;
}

/**
 * Checks a request's body against its type.
 *
 * @throws UnprocessableError with pydantic's detail
 */
export function checkBody<T extends z.ZodType>(request: FastifyRequest, type: T): z.output<T> {
  const body = request.body as JsonBody | undefined;
  return validate(type, body?.value, ["body"]);
}

/**
 * Checks that a request may speak of a project.
 *
 * @throws InvalidRequestError when the URL or a header names another, ProjectForbiddenError when the key does not cover it
 */
export function checkProject(request: FastifyRequest, projectId: string, context: DoorContext): void {
  projectOf(originOf(request.raw), projectId, context);
}

/** A checked body with its numbers as they were written, for the documents in it. */
export function exactBody(request: FastifyRequest): JsonObject {
  const { exact } = request.body as JsonBody;
  return isJsonObject(exact) ? exact : new Map();
}
