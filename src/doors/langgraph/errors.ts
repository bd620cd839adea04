import type { FastifyReply, FastifyRequest } from "fastify";
import { InvalidRequestError } from "../../model/base/errors.ts";
import { NotFoundError } from "../../store/errors.ts";
import { type ErrorAnswer, errorHandler } from "../kit/http/error-handler.ts";
import { messageOf, statusOfError } from "../kit/http/http-error.ts";

/** Answers an error as LangGraph's server does: `{"detail": "…"}`, one string, whatever the status. */
export const sendError = errorHandler((error): ErrorAnswer => {
  const status = statusOf(error);
  return { status, body: { detail: status === 500 ? "Internal Server Error" : messageOf(error) } };
});

/** Answers what a path that takes POST alone says to other methods. */
export function refuseMethod() {
  return async (_request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> =>
    reply.code(405).header("allow", "POST").send({ detail: "Method Not Allowed" });
}

function statusOf(error: Error): number {
  if (error instanceof InvalidRequestError) return 422;
  if (error instanceof NotFoundError) return 404;
  return statusOfError(error);
}
