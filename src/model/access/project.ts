import { InvalidRequestError } from "../base/errors.ts";
import { quoted } from "../base/quoted.ts";
import type { AccessKey } from "./access-key.ts";

/** Where a request can name its project; null or empty where it does not. */
export interface ProjectSources {
  /** The request's own field or parameter. */
  field: string | null;
  /** The URL's prefix `/p/{entity}/{project}` or `/p/{project}`. */
  prefix: string | null;
  /** The header `x-project-id`. */
  header: string | null;
  /** The key it came with, which means its project if it has exactly one. */
  key: AccessKey | null;
}

/**
 * The project that a request means: its own field, else the URL prefix, else the header, else the only project of its
 * key, else `fallback`. Whether its key covers the project is not asked here.
 *
 * @throws InvalidRequestError when field, prefix and header name different projects.
 */
export function resolveProject({ field, prefix, header, key }: ProjectSources, fallback: string): string {
  const named = [field, prefix, header].filter((name) => name);
  const [only, ...others] = key?.projects ?? [];
  const project = named[0] ?? (others.length === 0 ? only : undefined) ?? fallback;
  const other = named.find((name) => name !== project);
  if (other) {
    const message = `names the project "${quoted(project)}", but the request's URL or headers name "${quoted(other)}"`;
    throw new InvalidRequestError([{ path: ["project_id"], message }]);
  }
  return project;
}
