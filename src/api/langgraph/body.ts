import { Buffer } from "node:buffer";
import type { FastifyInstance, FastifyRequest } from "fastify";
import type { z } from "zod";
import { InvalidRequestError } from "../../model/errors.ts";
import { parseJsonObject } from "../../model/json/parse.ts";
import { httpError } from "./errors.ts";

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

/**
 * Reads a request's body, a JSON object, by its type. No body at all is an empty object. Takes time in proportion to
 * the body's length.
 *
 * @throws InvalidRequestError when it is not JSON or not of the type
 */
export function readBody<T extends z.ZodType>(request: FastifyRequest, type: T): z.output<T> {
  return check(type, parseJsonObject(textOf(request) || "{}", ["body"]));
}

/**
 * Checks a value by its type.
 *
 * @throws InvalidRequestError with every fault
 */
export function check<T extends z.ZodType>(type: T, value: unknown): z.output<T> {
  const result = type.safeParse(value);
  if (result.success) return result.data;
  throw new InvalidRequestError(
    result.error.issues.map(({ path, message }) => ({ path: path as (string | number)[], message })),
  );
}

function textOf(request: FastifyRequest): string {
  const encoding = request.headers["content-encoding"] ?? "identity";
  if (encoding !== "identity") throw httpError(415, `The body must not be compressed with ${encoding}`);
  const bytes = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new InvalidRequestError([{ path: ["body"], message: "is not UTF-8" }]);
  }
}
