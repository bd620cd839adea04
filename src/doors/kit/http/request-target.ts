import type { FastifyRequest } from "fastify";
import type { DoorContext } from "../context.ts";
import { callerOf, originOf, projectOf, projectToKeep } from "../identity/request-project.ts";

/**
 * The project of an HTTP request, which its key covers.
 *
 * @param field the request's own parameter or field; null where it has none
 * @throws what `projectOf` throws
 */
export function projectOfRequest(
  request: FastifyRequest,
  context: DoorContext,
  field: string | null = null,
): string {
  return projectOf(originOf(request.raw), field, context);
}

/**
 * The same for a request that keeps something in it.
 *
 * @throws what `projectToKeep` throws
 */
export function projectToKeepOfRequest(
  request: FastifyRequest,
  context: DoorContext,
  field: string | null = null,
): string {
  return projectToKeep(originOf(request.raw), field, context);
}

/** Who makes a request: the name of its key; null where no keys are asked for. */
export function keyNameOf(request: FastifyRequest): string | null {
  return callerOf(originOf(request.raw)).keyName;
}
