import type { FastifyReply } from "fastify";
import { OverloadedError } from "../../../model/base/errors.ts";
import { quoted } from "../../../model/base/quoted.ts";
import { httpStatusOf, toConnectError } from "../rpc/connect-errors.ts";

const RETRY_AFTER_SECONDS = 1;

/** An error that is answered with a status of its own. */
export function httpError(statusCode: number, message: string): Error {
  return Object.assign(new Error(message), { statusCode });
}

/** The status an error is answered with: by the table of errors, or else its own, or else 500. */
export function statusOfError(error: Error): number {
  const known = toConnectError(error);
  if (known) return httpStatusOf(known.code);
  const own = "statusCode" in error ? Number(error.statusCode) : 500;
  return own >= 400 ? own : 500;
}

/** What a client is told of an error. The words of others, such as Fastify's, may repeat the request. */
export function messageOf(error: Error): string {
  return toConnectError(error) ? error.message : quoted(error.message);
}

/** Tells the client when to try again, where that helps. */
export function adviseRetry(error: Error, reply: FastifyReply): void {
  if (error instanceof OverloadedError) reply.header("retry-after", RETRY_AFTER_SECONDS);
}
