import type { FastifyRequest } from "fastify";
import type { DoorContext } from "../kit/context.ts";
import type { BodyOf } from "../kit/http/bodies.ts";
import { projectOfRequest } from "../kit/http/request-target.ts";
import { type readers, weaveBodies } from "./bodies.ts";

/**
 * Reads a request's body by its kind, and checks the project that it names, if it names one.
 *
 * @throws what reading it does, and what `checkProject` does
 */
export async function bodyOf<Kind extends keyof typeof readers>(
  context: DoorContext,
  request: FastifyRequest,
  kind: Kind,
): Promise<BodyOf<(typeof readers)[Kind]>> {
  const body = await weaveBodies.read(context, request, kind, context.now());
  if ("project_id" in body) checkProject(request, body.project_id, context);
  return body;
}

/**
 * Checks that a request may speak of a project.
 *
 * @throws InvalidRequestError when the URL or a header names another, ProjectForbiddenError when the key does not cover it
 */
export function checkProject(request: FastifyRequest, projectId: string, context: DoorContext): void {
  projectOfRequest(request, context, projectId);
}
