import { Buffer } from "node:buffer";
import type { FastifyInstance, FastifyRequest } from "fastify";
import type { z } from "zod";
import { InvalidRequestError } from "../../model/errors.ts";
import { parseJson } from "../../model/json/parse.ts";
import { plainJson } from "../../model/json/plain.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "../../model/json/value.ts";
import { parseJsonBody } from "../pydantic/json-body.ts";
import { validate } from "../pydantic/validate.ts";

/** A request's body: checked by its type, and as it was written, for the documents in it. */
export interface Body<Checked> {
  checked: Checked;
  written: JsonObject;
}

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
 * Reads a request's body, a JSON object, by its type. Takes time in proportion to the body's length.
 *
 * @throws UnprocessableError, InvalidRequestError when it is not JSON or not of the type
 */
export function readBody<T extends z.ZodType>(request: FastifyRequest, type: T): Body<z.output<T>> {
  const written = parse(textOf(request));
  const checked = validate(type, plainJson(written), ["body"]);
  return { checked, written: isJsonObject(written) ? written : new Map() };
}

/** Reads JSON; the words on what is not JSON are those of FastAPI. */
function parse(text: string): JsonValue {
  try {
    return text === "" ? null : parseJson(text, ["body"]);
  } catch (error) {
    parseJsonBody(text);
    throw error;
  }
}

function textOf(request: FastifyRequest): string {
  const encoding = request.headers["content-encoding"] ?? "identity";
  if (encoding !== "identity") {
    const message = `The body must not be compressed with ${encoding}`;
    throw Object.assign(new Error(message), { statusCode: 415 });
  }
  const bytes = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new InvalidRequestError([{ path: ["body"], message: "is not UTF-8" }]);
  }
}
