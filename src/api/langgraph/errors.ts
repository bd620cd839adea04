import type { FastifyReply, FastifyRequest } from "fastify";
import { InvalidRequestError } from "../../model/errors.ts";
import { NotFoundError, StoreBusyError } from "../../store/errors.ts";
import { httpStatusOf, toConnectError } from "../connect-errors.ts";

const RETRY_AFTER_SECONDS = 1;

/** Answers an error as LangGraph's server does: `{"detail": "…"}`, one string, whatever the status. */
export function sendError(error: Error, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const status = statusOf(error);
  if (status >= 500) request.log.error({ err: error }, "request failed");
  if (error instanceof StoreBusyError) reply.header("retry-after", RETRY_AFTER_SECONDS);
  return reply.code(status).send({ detail: status === 500 ? "Internal Server Error" : error.message });
}

/** Answers what a path that takes POST alone says to other methods. */
export async function refuseMethod(_request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  return reply.code(405).header("allow", "POST").send({ detail: "Method Not Allowed" });
}

function statusOf(error: Error): number {
  if (error instanceof InvalidRequestError) return 422;
  if (error instanceof NotFoundError) return 404;
  const known = toConnectError(error);
  if (known) return httpStatusOf(known.code);
  const own = "statusCode" in error ? Number(error.statusCode) : 500;
  return own >= 400 ? own : 500;
}
