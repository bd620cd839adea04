import type { FastifyReply, FastifyRequest } from "fastify";
import { InvalidRequestError, NotAuthenticatedError, ProjectForbiddenError } from "../../model/errors.ts";
import { adviseRetry, statusOfError } from "../http-error.ts";
import { type Detail, UnprocessableError, withoutLargeInputs } from "../pydantic/fault.ts";
import { parseBody } from "./parse-body.ts";
import { violationDetail } from "./violation-detail.ts";

/**
 * Answers an error as Weave does: `{"detail": […]}` for a request not understood, `{"detail": "…"}` for one that its key
 * does not let in, else `{"reason": …}`.
 */
export function sendError(error: Error, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  if (error instanceof UnprocessableError) return sendDetail(error.detail, request, reply);
  if (error instanceof InvalidRequestError)
    return sendDetail(violationDetail(error, valueIn(request)), request, reply);
  if (error instanceof NotAuthenticatedError) return reply.code(401).send({ detail: error.message });
  if (error instanceof ProjectForbiddenError) return reply.code(403).send({ detail: "Project not found" });
  const status = statusOfError(error);
  if (status >= 500) request.log.error(error);
  adviseRetry(error, reply);
  return reply.code(status).send({ reason: reasonOf(error, status) });
}

function reasonOf(error: Error, status: number): string {
  if (status === 413) return "Request too large";
  return status === 500 ? "Internal server error" : error.message;
}

/** The body of a request, null where another thread has read it: of large bodies little is repeated anyway. */
function valueIn({ body }: FastifyRequest): unknown {
  return Buffer.isBuffer(body) && body.length > 0 ? parseBody(body).value : null;
}

function sendDetail(detail: Detail[], { body }: FastifyRequest, reply: FastifyReply): FastifyReply {
  const length = Buffer.isBuffer(body) ? body.length : 0;
  return reply.code(422).send({ detail: withoutLargeInputs(detail, length) });
}
