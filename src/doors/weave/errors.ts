import {
  InvalidRequestError,
  NotAuthenticatedError,
  ProjectForbiddenError,
} from "../../model/base/errors.ts";
import { UnprocessableError } from "../fastapi/fault.ts";
import { type ErrorAnswer, errorHandler } from "../kit/http/error-handler.ts";
import { messageOf, statusOfError } from "../kit/http/http-error.ts";
import { violationDetail } from "./violation-detail.ts";

/**
 * Answers an error as Weave does: `{"detail": […]}` for a request not understood, `{"detail": "…"}` for one that its key
 * does not let in, else `{"reason": …}`.
 */
export const sendError = errorHandler((error): ErrorAnswer => {
  if (error instanceof UnprocessableError) return { status: 422, body: { detail: error.detail } };
  if (error instanceof InvalidRequestError) {
    return { status: 422, body: { detail: violationDetail(error, null) } };
  }
  if (error instanceof NotAuthenticatedError) return { status: 401, body: { detail: error.message } };
  if (error instanceof ProjectForbiddenError) return { status: 403, body: { detail: "Project not found" } };
  const status = statusOfError(error);
  return { status, body: { reason: reasonOf(error, status) } };
});

function reasonOf(error: Error, status: number): string {
  if (status === 413) return "Request too large";
  return status === 500 ? "Internal server error" : messageOf(error);
}
