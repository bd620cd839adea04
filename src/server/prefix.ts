import type { IncomingHttpHeaders } from "node:http";
import { rememberPrefix } from "../doors/kit/identity/request-project.ts";
import type { RouteTable } from "./routes.ts";

interface RawRequest {
  url?: string | undefined;
  headers: IncomingHttpHeaders;
}

const PREFIXES = [/^\/p\/([^/]+)(\/.*)?$/, /^\/p\/([^/]+\/[^/]+)(\/.*)?$/];

/**
 * Cuts the project prefix `/p/{project}` or `/p/{entity}/{project}` off a request's URL and remembers the project. Of
 * the two readings the first whose rest is a known path is taken; a URL with no such reading stays as it is.
 *
 * @returns the URL to route by
 */
export function cutProjectPrefix(request: RawRequest, routes: RouteTable): string {
  const url = request.url ?? "/";
  if (!url.startsWith("/p/")) return url;
  const query = url.indexOf("?");
  const path = query < 0 ? url : url.slice(0, query);
  for (const prefix of PREFIXES) {
    const [, name, rest = "/"] = prefix.exec(path) ?? [];
    if (name === undefined || !routes.knows(rest)) continue;
    const project = decode(name);
    if (project === undefined) continue;
    rememberPrefix(request, project);
    return query < 0 ? rest : rest + url.slice(query);
  }
  return url;
}

function decode(encoded: string): string | undefined {
  try {
    return decodeURIComponent(encoded);
  } catch {
    return undefined;
  }
}
