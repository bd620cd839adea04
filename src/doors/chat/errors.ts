import { InvalidRequestError } from "../../model/base/errors.ts";
import { type Detail, UnprocessableError } from "../fastapi/fault.ts";
import { type ErrorAnswer, errorHandler } from "../kit/http/error-handler.ts";
import { messageOf, statusOfError } from "../kit/http/http-error.ts";

/** Answers an error as FastAPI does: `{"detail": […]}` for a request that is not understood, else `{"detail": "…"}`. */
export const sendError = errorHandler((error): ErrorAnswer => {
  const detail = detailOf(error);
  if (detail) return { status: 422, body: { detail } };
  const status = statusOfError(error);
  return { status, body: { detail: status === 500 ? "Internal Server Error" : messageOf(error) } };
});

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
