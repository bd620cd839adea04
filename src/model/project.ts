import { InvalidRequestError } from "./errors.ts";

/** Where a request can name its project; null or empty where it does not. */
export interface ProjectSources {
  /** The request's own field or parameter. */
  field: string | null;
  /** The URL's prefix `/p/{entity}/{project}` or `/p/{project}`. */
  prefix: string | null;
  /** The header `x-project-id`. */
  header: string | null;
}

/**
 * The project of a request: its own field, else the URL prefix, else the header, else `fallback`.
 *
 * @throws InvalidRequestError when two of them name different projects.
 */
export function resolveProject(sources: ProjectSources, fallback: string): string {
  const named = [sources.field, sources.prefix, sources.header].filter((name) => name);
  const project = named[0] ?? fallback;
  const other = named.find((name) => name !== project);
  if (other) {
    const message = `names the project "${project}", but the request's URL or headers name "${other}"`;
    throw new InvalidRequestError([{ path: ["project_id"], message }]);
  }
  return project;
}
