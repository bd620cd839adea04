import type { FastifyReply, FastifyRequest } from "fastify";
import { InvalidRequestError } from "../../model/base/errors.ts";
import { NotFoundError } from "../../store/errors.ts";
import { adviseRetry, messageOf, statusOfError } from "../kit/http/http-error.ts";

/** Answers an error as LangGraph's server does: `{"detail": "…"}`, one string, whatever the status. */
export function sendError(error: Error, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const status = statusOf(error);
  if (status >= 500) request.log.error({ err: error }, "request failed");
  adviseRetry(error, reply);
  return reply.code(status).send({ detail: status === 500 ? "Internal Server Error" : messageOf(error) });
}

/** Answers what a path that takes POST alone says to other methods. */
export async function refuseMethod(_request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  return reply.code(405).header("allow", "POST").send({ detail: "Method Not Allowed" });
}

function statusOf(error: Error): number {
  if (error instanceof InvalidRequestError) return 422;
  if (error instanceof NotFoundError) return 404;
  return statusOfError(error);
}
