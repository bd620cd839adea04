import type { FastifyReply, FastifyRequest } from "fastify";
import {
  InvalidRequestError,
  NotAuthenticatedError,
  ProjectForbiddenError,
} from "../../model/base/errors.ts";
import { UnprocessableError } from "../fastapi/fault.ts";
import { adviseRetry, messageOf, statusOfError } from "../kit/http/http-error.ts";
import { violationDetail } from "./violation-detail.ts";

/**
 * Answers an error as Weave does: `{"detail": […]}` for a request not understood, `{"detail": "…"}` for one that its key
 * does not let in, else `{"reason": …}`.
 */
export function sendError(error: Error, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  if (error instanceof UnprocessableError) return reply.code(422).send({ detail: error.detail });
  if (error instanceof InvalidRequestError) {
    return reply.code(422).send({ detail: violationDetail(error, null) });
  }
  if (error instanceof NotAuthenticatedError) return reply.code(401).send({ detail: error.message });
  if (error instanceof ProjectForbiddenError) return reply.code(403).send({ detail: "Project not found" });
  const status = statusOfError(error);
  if (status >= 500) request.log.error(error);
  adviseRetry(error, reply);
  return reply.code(status).send({ reason: reasonOf(error, status) });
}

function reasonOf(error: Error, status: number): string {
  if (status === 413) return "Request too large";
  return status === 500 ? "Internal server error" : messageOf(error);
}
