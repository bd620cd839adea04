import { create, createRegistry } from "@bufbuild/protobuf";
import { anyPack } from "@bufbuild/protobuf/wkt";
import { Code, type ConnectError } from "@connectrpc/connect";
import { BadRequestSchema, RetryInfoSchema } from "../../../gen/google/rpc/error_details_pb.ts";
import { type Status, StatusSchema } from "../../../gen/google/rpc/status_pb.ts";
import { quoted } from "../../model/base/quoted.ts";
import { httpStatusOf, toConnectError } from "../kit/rpc/connect-errors.ts";

/** The types in the details of the statuses made here; their JSON form needs them. */
export const detailTypes = createRegistry(BadRequestSchema, RetryInfoSchema);

/** How long a client is asked to wait before it sends again. */
export const RETRY_SECONDS = 1;

/** How an error shows over OTLP/HTTP. */
export interface HttpError {
  httpStatus: number;
  status: Status;
}

/** The answer to a request that failed. */
export function toHttpError(error: unknown): HttpError {
  const known = toConnectError(error);
  if (known) return { httpStatus: httpStatusOf(known.code), status: toStatus(known) };
  return ofFastify(error) ?? httpError(500, Code.Internal, "internal error");
}

function toStatus({ code, rawMessage, details }: ConnectError): Status {
  const packed = details.flatMap((detail) =>
    "desc" in detail ? [anyPack(detail.desc, create(detail.desc, detail.value))] : [],
  );
  return create(StatusSchema, { code, message: rawMessage, details: packed });
}

/** What Fastify itself finds wrong with a request. */
function ofFastify(error: unknown): HttpError | null {
  if (!(error instanceof Error && "statusCode" in error && typeof error.statusCode === "number")) return null;
  const { statusCode, message } = error;
  if (statusCode < 400 || statusCode > 499) return null;
  const code = statusCode === 413 ? Code.ResourceExhausted : Code.InvalidArgument;
  return httpError(statusCode, code, quoted(message));
}

function httpError(httpStatus: number, code: Code, message: string): HttpError {
  return { httpStatus, status: create(StatusSchema, { code, message }) };
}
