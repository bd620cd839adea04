import type { FastifyReply, FastifyRequest } from "fastify";
import { adviseRetry } from "./http-error.ts";
import type { SendError } from "./route.ts";

/** An error as a client is told of it. */
export interface ErrorAnswer {
  status: number;
  body: object;
}

/**
 * Answers errors in a door's words, tells clients of a busy server when to try again, and logs what is the server's
 * fault.
 */
export function errorHandler(wordError: (error: Error) => ErrorAnswer): SendError {
  return (error: Error, request: FastifyRequest, reply: FastifyReply) => {
    const { status, body } = wordError(error);
    if (status >= 500) request.log.error({ err: error }, "request failed");
    adviseRetry(error, reply);
    return reply.code(status).send(body);
  };
}
