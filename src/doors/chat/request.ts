import type { FastifyRequest } from "fastify";
import type { z } from "zod";
import { InvalidRequestError } from "../../model/base/errors.ts";
import { quoted } from "../../model/base/quoted.ts";
import type { ThreadKeyAt } from "../../model/threads/thread-record.ts";
import { validate } from "../fastapi/validate.ts";
import type { DoorContext } from "../kit/door.ts";
import {
  callerOf,
  originOf,
  projectOf as projectOfOrigin,
  projectToKeep as projectToKeepOfOrigin,
} from "../kit/identity/request-project.ts";
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
 * The project that a request's query, its URL, a header or its key names.
 *
 * @throws InvalidRequestError when two of them disagree, ProjectForbiddenError when the key does not cover it
 */
export function projectOf(request: FastifyRequest, context: DoorContext, inQuery: string | null): string {
  return projectOfOrigin(originOf(request.raw), inQuery, context);
}

/**
 * The same for a request that keeps something in it, whose body may name it, too.
 *
 * @throws InvalidRequestError also when its id is longer than ids may be
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
  return projectToKeepOfOrigin(originOf(request.raw), inQuery || inBody, context);
}

/** The thread that a request's path names, and the time. */
export function threadOf(
  request: FastifyRequest,
  context: DoorContext,
  projectInQuery: string | null,
): ThreadKeyAt {
  const { thread_id: threadId } = request.params as { thread_id: string };
  return { projectId: projectOf(request, context, projectInQuery), threadId, now: context.now() };
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

/** Who makes a request: the name of its key; null where no keys are asked for. */
export function writerOf(request: FastifyRequest): string | null {
  return callerOf(originOf(request.raw)).keyName;
}
