import { type ContextValues, createContextKey, createContextValues } from "@connectrpc/connect";
import type { ProjectSources } from "../model/project.ts";

/** What a request's URL and headers say of its project; its body may say more. */
export type NamedProject = Pick<ProjectSources, "prefix" | "header">;

interface RequestWithHeaders {
  headers: Record<string, string | string[] | undefined>;
}

const prefixes = new WeakMap<RequestWithHeaders, string>();

const namedProjectKey = createContextKey<NamedProject>({ prefix: null, header: null });

/** Remembers the project of a raw request's URL prefix, once the listener has cut the prefix off. */
export function rememberPrefix(request: RequestWithHeaders, project: string): void {
  prefixes.set(request, project);
}

/** What a raw HTTP request names as its project. */
export function namedProject(request: RequestWithHeaders): NamedProject {
  const header = request.headers["x-project-id"];
  return {
    prefix: prefixes.get(request) ?? null,
    header: (Array.isArray(header) ? header[0] : header) ?? null,
  };
}

/** Context values that carry a raw request's named project to the RPC handlers. */
export function namedProjectValues(request: RequestWithHeaders): ContextValues {
  return createContextValues().set(namedProjectKey, namedProject(request));
}

/** What the request behind an RPC names as its project. */
export function namedProjectOf(values: ContextValues): NamedProject {
  return values.get(namedProjectKey);
}
