import type { FastifyRequest } from "fastify";
import { InvalidRequestError } from "../../model/base/errors.ts";
import type { ThreadKeyAt } from "../../model/threads/thread-record.ts";
import type { DoorContext } from "../kit/door.ts";
import {
  originOf,
  projectOf as projectOfOrigin,
  projectToKeep as projectToKeepOfOrigin,
} from "../kit/identity/request-project.ts";
import { check } from "./decode-body.ts";
import { object, uuid } from "./types.ts";

const threadPath = object({ thread_id: uuid() });

/** The project that the request's URL, header or key names: LangGraph's API has no word for it. */
export function projectOf(request: FastifyRequest, context: DoorContext): string {
  return projectOfOrigin(originOf(request.raw), null, context);
}

/** The same for a request that keeps something in it. */
export function projectToKeep(request: FastifyRequest, context: DoorContext): string {
  return projectToKeepOfOrigin(originOf(request.raw), null, context);
}

/**
 * The thread that the request's path names, and the time.
 *
 * @throws InvalidRequestError when the id is not a UUID: this door knows no other threads
 */
export function threadOf(request: FastifyRequest, context: DoorContext, project = projectOf): ThreadKeyAt {
  const { thread_id } = check(threadPath, new Map(Object.entries(request.params as object)));
  return { projectId: project(request, context), threadId: thread_id, now: context.now() };
}

/** The same for a request that changes the thread. */
export function threadToChange(request: FastifyRequest, context: DoorContext): ThreadKeyAt {
  return threadOf(request, context, projectToKeep);
}

/**
 * Whether the query asks for threads with their TTL: `include=ttl` among others.
 *
 * @throws InvalidRequestError as `listedIn` does
 */
export function includesTtl(request: FastifyRequest): boolean {
  return listedIn(request, "include").includes("ttl");
}

/**
 * What a parameter of the query lists: separated by commas, repeated, or as a JSON array.
 *
 * @throws InvalidRequestError when it starts as a JSON array and is none
 */
export function listedIn(request: FastifyRequest, parameter: string): unknown[] {
  const given = (request.query as Record<string, string | string[]>)[parameter] ?? [];
  return [given].flat().flatMap((names) => {
    if (!names.startsWith("[")) return names.split(",").map((name) => name.trim());
    try {
      return JSON.parse(names) as unknown[];
    } catch {
      throw new InvalidRequestError([{ path: [parameter], message: "is not a JSON array" }]);
    }
  });
}

/** Whether the client wants no body (RFC 7240, `Prefer: return=minimal`). */
export function wantsNoBody({ headers }: FastifyRequest): boolean {
  return /(^|[,;\s])return\s*=\s*"?minimal/i.test(String(headers.prefer ?? ""));
}
