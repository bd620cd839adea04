import type { FastifyInstance, FastifyRequest } from "fastify";
import type { z } from "zod";
import { resolveProject } from "../../model/project.ts";
import type { DoorContext } from "../door.ts";
import { parseJsonBody } from "../pydantic/json-body.ts";
import { validate } from "../pydantic/validate.ts";
import { namedProject } from "../request-project.ts";
import { HttpError } from "./errors.ts";

/** A body as it came and as JSON.parse reads it. */
export interface JsonBody {
  text: string;
  value: unknown;
}

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
      const text = decode(bytes);
      return { text, value: parseJsonBody(text) };
    },
  );
}

/**
 * Checks a request's body against its type.
 *
 * @throws UnprocessableError with pydantic's detail, InvalidRequestError when the URL or a header names another project
 */
export function readBody<T extends z.ZodType<{ project_id: string }>>(
  request: FastifyRequest,
  type: T,
  context: DoorContext,
): z.output<T> {
  const body = request.body as JsonBody | undefined;
  const value = validate(type, body?.value, ["body"]);
  resolveProject({ field: value.project_id, ...namedProject(request.raw) }, context.defaultProject);
  return value;
}

function decode(bytes: Buffer): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new HttpError(400, "The body is not UTF-8");
  }
}
