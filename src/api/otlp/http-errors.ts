import { create, createRegistry } from "@bufbuild/protobuf";
import { anyPack } from "@bufbuild/protobuf/wkt";
import { Code } from "@connectrpc/connect";
import { RetryInfoSchema } from "../../../gen/google/rpc/error_details_pb.ts";
import { type Status, StatusSchema } from "../../../gen/google/rpc/status_pb.ts";
import { InvalidRequestError, PermissionDeniedError, TooLargeError } from "../../model/errors.ts";
import { StoreBusyError, StoreUnavailableError } from "../../store/errors.ts";

/** The types in the details of the statuses made here; their JSON form needs them. */
export const detailTypes = createRegistry(RetryInfoSchema);

/** How long a client is asked to wait before it sends again. */
export const RETRY_SECONDS = 1;

/** How an error shows over OTLP/HTTP. */
export interface HttpError {
  httpStatus: number;
  status: Status;
}

/** The answer to a request that failed; exporters send again after a 503, and only then. */
export function toHttpError(error: unknown): HttpError {
  if (error instanceof InvalidRequestError) return httpError(400, Code.InvalidArgument, error.message);
  if (error instanceof PermissionDeniedError) return httpError(403, Code.PermissionDenied, error.message);
  if (error instanceof TooLargeError) return httpError(413, Code.ResourceExhausted, error.message);
  if (error instanceof StoreBusyError || error instanceof StoreUnavailableError)
    return unavailable(error.message);
  return ofFastify(error) ?? httpError(500, Code.Internal, "internal error");
}

/** What Fastify itself finds wrong with a request. */
function ofFastify(error: unknown): HttpError | null {
  if (!(error instanceof Error && "statusCode" in error && typeof error.statusCode === "number")) return null;
  const { statusCode, message } = error;
  if (statusCode < 400 || statusCode > 499) return null;
  const code = statusCode === 413 ? Code.ResourceExhausted : Code.InvalidArgument;
  return httpError(statusCode, code, message);
}

function unavailable(message: string): HttpError {
  const retryDelay = { seconds: BigInt(RETRY_SECONDS), nanos: 0 };
  const detail = anyPack(RetryInfoSchema, create(RetryInfoSchema, { retryDelay }));
  const status = create(StatusSchema, { code: Code.Unavailable, message, details: [detail] });
  return { httpStatus: 503, status };
}

function httpError(httpStatus: number, code: Code, message: string): HttpError {
  return { httpStatus, status: create(StatusSchema, { code, message }) };
}
