import { type ContextValues, createContextKey, createContextValues } from "@connectrpc/connect";
import { type AccessKey, coversProject } from "../../../model/access/access-key.ts";
import { type ProjectSources, resolveProject } from "../../../model/access/project.ts";
import { InvalidRequestError, ProjectForbiddenError } from "../../../model/base/errors.ts";
import { isLongId, LONG_ID } from "../../../model/base/ids.ts";
import type { DoorContext } from "../door.ts";

/**
 * What is known of a request before its body is read: its key, and what its URL and headers say of its project.
 *
 * A door gets it by `originOf` (HTTP) or `originOfCall` (RPC), and its project by `projectOf`, which also sees that
 * the key covers the project: a handler that takes a project from anywhere else lets everyone in.
 */
export type RequestOrigin = Omit<ProjectSources, "field">;

interface RawRequest {
  headers: Record<string, string | string[] | undefined>;
}

const prefixes = new WeakMap<RawRequest, string>();
const keys = new WeakMap<RawRequest, AccessKey | null>();

const originKey = createContextKey<RequestOrigin | null>(null);

/** Remembers the project of a raw request's URL prefix, once the listener has cut the prefix off. */
export function rememberPrefix(request: RawRequest, project: string): void {
  prefixes.set(request, project);
}

/** Remembers the key of a raw request, once it is found good; null when none is needed. */
export function rememberKey(request: RawRequest, key: AccessKey | null): void {
  keys.set(request, key);
}

/**
 * Where a raw HTTP request comes from.
 *
 * @throws Error when nobody has asked it for a key, as for a route that is open: that is the server's fault
 */
export function originOf(request: RawRequest): RequestOrigin {
  const key = keys.get(request);
  if (key === undefined) throw new Error("a request that needs no key has no project");
  const header = request.headers["x-project-id"];
  return {
    prefix: prefixes.get(request) ?? null,
    header: (Array.isArray(header) ? header[0] : header) ?? null,
    key,
  };
}

/** Context values that tell RPC handlers where a raw request comes from. */
export function originValues(request: RawRequest): ContextValues {
  const values = createContextValues();
  return keys.has(request) ? values.set(originKey, originOf(request)) : values;
}

/**
 * Where the request behind an RPC comes from.
 *
 * @throws Error as `originOf` does
 */
export function originOfCall(values: ContextValues): RequestOrigin {
  const origin = values.get(originKey);
  if (origin === null) throw new Error("a request that needs no key has no project");
  return origin;
}

/** Who makes a request: the name of its key, null where no keys are asked for. */
export function callerOf({ key }: RequestOrigin): { keyName: string | null } {
  return { keyName: key?.name ?? null };
}

/**
 * The project of a request, which its key covers.
 *
 * @param field the request's own field or parameter; null or empty where it has none
 * @throws InvalidRequestError when URL or headers name another project, ProjectForbiddenError when the key does not
 *   cover it, whether it exists or not
 */
export function projectOf(
  origin: RequestOrigin,
  field: string | null,
  { defaultProject }: DoorContext,
): string {
  const project = resolveProject({ ...origin, field }, defaultProject);
  if (!coversProject(origin.key, project)) throw new ProjectForbiddenError(project);
  return project;
}

/**
 * The project of a request that keeps something in it. One that only reads or removes may name a longer one, which an
 * older file can have.
 *
 * @throws InvalidRequestError when its id is longer than ids may be; what `projectOf` throws
 */
export function projectToKeep(origin: RequestOrigin, field: string | null, context: DoorContext): string {
  const project = projectOf(origin, field, context);
  if (isLongId(project)) throw new InvalidRequestError([{ path: ["project_id"], message: LONG_ID }]);
  return project;
}
