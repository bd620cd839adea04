import type { FastifyRequest } from "fastify";
import type { z } from "zod";
import { InvalidRequestError } from "../../model/base/errors.ts";
import { quoted } from "../../model/base/quoted.ts";
import type { ThreadKeyAt } from "../../model/threads/thread-record.ts";
import { validate } from "../fastapi/validate.ts";
import type { DoorContext } from "../kit/context.ts";
import { projectOfRequest, projectToKeepOfRequest } from "../kit/http/request-target.ts";
import { threadPath } from "./requests.ts";

/**
 * Checks a request's query by its type. Of a parameter that is repeated the last counts, as in FastAPI.
 *
 * @throws UnprocessableError with an entry for each bad parameter, in the type's order
 */
export function readQuery<T extends z.ZodType>(request: FastifyRequest, type: T): z.output<T> {
  const [, query = ""] = request.url.split(/\?(.*)/s);
  return validate(type, Object.fromEntries(new URLSearchParams(query)), ["query"]);
}

/**
 * The project of a request that keeps something in it, whose body may name it, too.
 *
 * @throws InvalidRequestError when two names of it disagree, or its id is longer than ids may be
 */
export function projectToKeep(
  request: FastifyRequest,
  context: DoorContext,
  inQuery: string | null,
  inBody: string | null = null,
): string {
  if (inQuery && inBody && inQuery !== inBody) {
    const message = `names the project "${quoted(inBody)}", but the request's URL or headers name "${quoted(inQuery)}"`;
    throw new InvalidRequestError([{ path: ["body", "projectId"], message }]);
  }
  return projectToKeepOfRequest(request, context, inQuery || inBody);
}

/** The thread that a request's path names, and the time. */
export function threadOf(
  request: FastifyRequest,
  context: DoorContext,
  projectInQuery: string | null,
): ThreadKeyAt {
  const { thread_id: threadId } = request.params as { thread_id: string };
  return { projectId: projectOfRequest(request, context, projectInQuery), threadId, now: context.now() };
}

/**
 * The same for a request that changes the thread.
 *
 * @throws UnprocessableError when the id is longer than ids may be
 */
export function threadToChange(
  request: FastifyRequest,
  context: DoorContext,
  projectInQuery: string | null,
): ThreadKeyAt {
  const { thread_id: threadId } = validate(threadPath, request.params, ["path"]);
  return { projectId: projectToKeep(request, context, projectInQuery), threadId, now: context.now() };
}
