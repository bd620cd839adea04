import type { FastifyReply, FastifyRequest } from "fastify";
import { InvalidRequestError } from "../../model/errors.ts";
import { StoreBusyError } from "../../store/errors.ts";
import { httpStatusOf, toConnectError } from "../connect-errors.ts";
import { type Detail, UnprocessableError } from "../pydantic/fault.ts";
import { MAX_FAULTS } from "../pydantic/types.ts";
import { valueAt } from "../pydantic/validate.ts";
import type { JsonBody } from "./body.ts";

const RETRY_AFTER_SECONDS = 1;

/** An error that has an HTTP status of its own. */
export class HttpError extends Error {
  override readonly name = "HttpError";
  readonly statusCode: number;

  constructor(statusCode: number, message: string) {
    super(message);
    this.statusCode = statusCode;
  }
}

/** Answers an error as Weave does: `{"detail": […]}` for a request not understood, else `{"reason": …}`. */
export function sendError(error: Error, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  if (error instanceof UnprocessableError) return sendDetail(error.detail, reply);
  if (error instanceof InvalidRequestError) return sendDetail(violationDetail(error, request), reply);
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

function violationDetail(error: InvalidRequestError, request: FastifyRequest): Detail[] {
  const body = request.body as JsonBody | undefined;
  return error.violations.slice(0, MAX_FAULTS).map(({ path, message }) => ({
    type: "value_error",
    loc: ["body", ...path],
    msg: `Value error, ${message}`,
    input: valueAt(body?.value, path),
  }));
}

/** Repeats the offending values, which may nest deeper than can be printed. */
function sendDetail(detail: Detail[], reply: FastifyReply): FastifyReply {
  let text: string;
  try {
    text = JSON.stringify({ detail });
  } catch {
    return reply.code(400).send({ reason: "The body is nested too deeply" });
  }
  return reply.code(422).type("application/json").send(text);
}
