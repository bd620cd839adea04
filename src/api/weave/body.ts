import type { FastifyInstance, FastifyRequest } from "fastify";
import type { z } from "zod";
import { shapeOf } from "../../model/json.ts";
import type { DoorContext } from "../door.ts";
import { parseJsonBody } from "../pydantic/json-body.ts";
import { validate } from "../pydantic/validate.ts";
import { originOf, projectOf } from "../request-project.ts";
import { HttpError } from "./errors.ts";

/** The depth at which Python's parser gives up too; it bounds the work on brackets that only nest. */
const MAX_DEPTH = 1000;

/** Far more members than a request has; it bounds the work on keys that mean nothing. */
const MAX_MEMBERS = 1000;

/** A body as it came and as JSON.parse reads it. */
export interface JsonBody {
  text: string;
  value: unknown;
}

/**
 * Makes the door take JSON bodies up to a size: UTF-8, not compressed, called JSON or not called anything.
 * Other types are a 415; bodies that nest too deeply or have too many keys are a 400, before any work is done on them.
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
      const text = decode(bytes);
      const { depth, members } = shapeOf(text, MAX_DEPTH);
      if (depth > MAX_DEPTH) throw new HttpError(400, "The body is nested too deeply");
      if (members > MAX_MEMBERS) throw new HttpError(400, `The body has more than ${MAX_MEMBERS} keys`);
      return { text, value: parseJsonBody(text) };
    },
  );
}

/**
 * Checks a request's body against its type.
 *
 * @throws UnprocessableError with pydantic's detail, InvalidRequestError when the URL or a header names another
 *   project, ProjectForbiddenError when the key does not cover it
 */
export function readBody<T extends z.ZodType<{ project_id: string }>>(
  request: FastifyRequest,
  type: T,
  context: DoorContext,
): z.output<T> {
  const body = request.body as JsonBody | undefined;
  const value = validate(type, body?.value, ["body"]);
  projectOf(originOf(request.raw), value.project_id, context);
  return value;
}

function decode(bytes: Buffer): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new HttpError(400, "The body is not UTF-8");
  }
}
