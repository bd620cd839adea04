import { Buffer } from "node:buffer";
import { create } from "@bufbuild/protobuf";
import { Code, ConnectError } from "@connectrpc/connect";
import { BadRequestSchema, RetryInfoSchema } from "../../../../gen/google/rpc/error_details_pb.ts";
import { cutText } from "../../../model/base/cut-text.ts";
import {
  InvalidRequestError,
  NotAuthenticatedError,
  OverloadedError,
  PermissionDeniedError,
  ProjectForbiddenError,
  TooLargeError,
} from "../../../model/base/errors.ts";
import {
  AlreadyExistsError,
  NotFoundError,
  ReadOnlyThreadError,
  SnapshotExpiredError,
  StoreUnavailableError,
} from "../../../store/errors.ts";

/** How long a client that finds Skein busy is asked to wait. */
const RETRY_DELAY_SECONDS = 1;

/**
 * What an error's message and its violations take at most, in UTF-8. In gRPC both are metadata, of which clients take
 * 8 KiB; the violations come in base64 there, the message too and once more as text.
 */
const MAX_MESSAGE_BYTES = 1024;
const MAX_VIOLATION_BYTES = 3072;

/**
 * The RPC error for what a handler raised: a `ConnectError` as it is, a domain error by its kind. Anything else is a
 * fault of the server, of which the client learns no more than that; `undefined` says so.
 */
export function toConnectError(error: unknown): ConnectError | undefined {
  if (error instanceof ConnectError) return error;
  if (error instanceof InvalidRequestError) {
    const value = create(BadRequestSchema, { fieldViolations: fieldViolations(error) });
    const detail = { desc: BadRequestSchema, value };
    const message = cutText(error.message, MAX_MESSAGE_BYTES);
    return new ConnectError(message, Code.InvalidArgument, undefined, [detail], error);
  }
  if (error instanceof OverloadedError) {
    const retryDelay = { seconds: BigInt(RETRY_DELAY_SECONDS), nanos: 0 };
    const detail = { desc: RetryInfoSchema, value: create(RetryInfoSchema, { retryDelay }) };
    return new ConnectError(error.message, Code.Unavailable, undefined, [detail], error);
  }
  const code = codeOf(error);
  return code && new ConnectError((error as Error).message, code, undefined, undefined, error);
}

/** The violations that fit into an answer, and one without a field where those are not all. */
function fieldViolations({ violations }: InvalidRequestError): { field: string; description: string }[] {
  const told = violations.map(({ path, message }) => ({ field: path.join("."), description: message }));
  let bytes = 0;
  const over = told.findIndex(({ field, description }) => {
    bytes += Buffer.byteLength(field) + Buffer.byteLength(description);
    return bytes > MAX_VIOLATION_BYTES;
  });
  if (over < 1) return told;
  return [
    ...told.slice(0, over),
    { field: "", description: "More errors than fit; only the first are told" },
  ];
}

function codeOf(error: unknown): Code | undefined {
  if (error instanceof TooLargeError) return Code.ResourceExhausted;
  if (error instanceof NotAuthenticatedError) return Code.Unauthenticated;
  if (error instanceof PermissionDeniedError || error instanceof ProjectForbiddenError) {
    return Code.PermissionDenied;
  }
  if (error instanceof StoreUnavailableError) return Code.Unavailable;
  if (error instanceof AlreadyExistsError) return Code.AlreadyExists;
  if (error instanceof ReadOnlyThreadError) return Code.FailedPrecondition;
  if (error instanceof NotFoundError) return Code.NotFound;
  // Not DEADLINE_EXCEEDED: no deadline of the caller's has passed. ABORTED asks to start the read again, which helps.
  if (error instanceof SnapshotExpiredError) return Code.Aborted;
  return undefined;
}

const HTTP_STATUSES = new Map([
  [Code.InvalidArgument, 400],
  [Code.Unauthenticated, 401],
  [Code.PermissionDenied, 403],
  [Code.NotFound, 404],
  [Code.AlreadyExists, 409],
  [Code.FailedPrecondition, 409],
  [Code.ResourceExhausted, 413],
  [Code.Aborted, 503],
  [Code.Unavailable, 503],
]);

/** The HTTP status of an RPC code, where a dialect has no other; clients send again after a 503. */
export function httpStatusOf(code: Code): number {
  return HTTP_STATUSES.get(code) ?? 500;
}
