import type { FastifyInstance, FastifyRequest } from "fastify";
import type { z } from "zod";
import { parseJson } from "../../model/json/parse.ts";
import { isJsonObject, type JsonObject } from "../../model/json/value.ts";
import { shapeOf } from "../../model/json.ts";
import type { DoorContext } from "../door.ts";
import { parseJsonBody } from "../pydantic/json-body.ts";
import { validate } from "../pydantic/validate.ts";
import { originOf, projectOf } from "../request-project.ts";
import { HttpError } from "./errors.ts";

/** The depth at which Python's parser gives up too; it bounds the work on brackets that only nest. */
export const MAX_DEPTH = 1000;

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
  take(app, maxBytes, parseBody);
}

/** The same for bodies that are left as they are, for `parseBody` to read where there is time. */
export function takeJsonBytes(app: FastifyInstance, maxBytes: number): void {
  take(app, maxBytes, (bytes) => bytes);
}

function take(app: FastifyInstance, maxBytes: number, read: (bytes: Buffer) => unknown): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(
    "*",
    { parseAs: "buffer", bodyLimit: maxBytes },
    async (request: FastifyRequest, bytes: Buffer): Promise<unknown> => {
      const type = request.headers["content-type"] ?? "application/json";
      if (!/^\s*application\/(?:[\w.-]+\+)?json\s*(?:;|$)/i.test(type)) {
        throw new HttpError(415, `The body must be application/json, not ${type}`);
      }
      const encoding = request.headers["content-encoding"] ?? "identity";
      if (encoding !== "identity")
        throw new HttpError(415, `The body must not be compressed with ${encoding}`);
      return read(bytes);
    },
  );
}

/** Reads the bytes of a JSON body. */
export function parseBody(bytes: Uint8Array): JsonBody {
  const text = decode(bytes);
  const { depth, members } = shapeOf(text, MAX_DEPTH);
  if (depth > MAX_DEPTH) throw new HttpError(400, "The body is nested too deeply");
  if (members > MAX_MEMBERS) throw new HttpError(400, `The body has more than ${MAX_MEMBERS} keys`);
  return { text, value: parseJsonBody(text) };
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
 * @throws InvalidRequestError when the URL or a header names another
 */
export function checkProject(request: FastifyRequest, projectId: string, context: DoorContext): void {
  projectOf(originOf(request.raw), projectId, context);
}

/**
 * A checked body with its numbers as they were written, for the documents in it. A string may hold half a surrogate
 * pair: programs cut texts anywhere, and as an escape it can be stored.
 */
export function exactBody(request: FastifyRequest): JsonObject {
  const { text } = request.body as JsonBody;
  const body = parseJson(text, ["body"], { maxDepth: MAX_DEPTH, loneSurrogates: true });
  return isJsonObject(body) ? body : new Map();
}

function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new HttpError(400, "The body is not UTF-8");
  }
}
