import type { FastifyReply, FastifyRequest } from "fastify";
import { InvalidRequestError, NotAuthenticatedError, ProjectForbiddenError } from "../../model/errors.ts";
import { StoreBusyError } from "../../store/errors.ts";
import { httpStatusOf, toConnectError } from "../connect-errors.ts";
import { type Detail, UnprocessableError, withoutLargeInputs } from "../pydantic/fault.ts";
import { parseBody } from "./parse-body.ts";
import { violationDetail } from "./violation-detail.ts";

const RETRY_AFTER_SECONDS = 1;

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
  const status = statusOf(error);
  if (status >= 500) request.log.error(error);
  if (error instanceof StoreBusyError) reply.header("retry-after", RETRY_AFTER_SECONDS);
  return reply.code(status).send({ reason: reasonOf(error, status) });
}

function statusOf(error: Error): number {
  const known = toConnectError(error);
  if (known) return httpStatusOf(known.code);
  const own = "statusCode" in error ? Number(error.statusCode) : 500;
  return own >= 400 ? own : 500;
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
