import type { FastifyReply, FastifyRequest } from "fastify";
import { InvalidRequestError } from "../../model/base/errors.ts";
import { type Detail, UnprocessableError } from "../fastapi/fault.ts";
import { adviseRetry, messageOf, statusOfError } from "../kit/http/http-error.ts";

/** Answers an error as FastAPI does: `{"detail": […]}` for a request that is not understood, else `{"detail": "…"}`. */
export function sendError(error: Error, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const detail = detailOf(error);
  if (detail) return reply.code(422).send({ detail });
  const status = statusOfError(error);
  if (status >= 500) request.log.error({ err: error }, "request failed");
  adviseRetry(error, reply);
  return reply.code(status).send({ detail: status === 500 ? "Internal Server Error" : messageOf(error) });
}

/** What was not understood; null if it was something else. What is not of the body is of the query. */
function detailOf(error: Error): Detail[] | null {
  if (error instanceof UnprocessableError) return error.detail;
  if (!(error instanceof InvalidRequestError)) return null;
  return error.violations.map(({ path, message }) => ({
    type: "value_error",
    loc: path[0] === "body" ? path : ["query", ...path],
    msg: `Value error, ${message}`,
    input: null,
  }));
}
