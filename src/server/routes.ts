import type { FastifyInstance } from "fastify";

/** Knows which paths a server answers, and to which methods. */
export interface RouteTable {
  /** Whether any route matches a path. Every request may ask. */
  knows(path: string): boolean;
  /** The methods of the routes that match a path; empty where there is none. */
  methods(path: string): string[];
}

interface Route {
  pattern: RegExp;
  methods: string[];
}

/** Collects every route that is registered on `app` and its scopes after this call. */
export function createRouteTable(app: FastifyInstance): RouteTable {
  const routes: Route[] = [];
  let known: RegExp | null = null;
  app.addHook("onRoute", ({ url, method }) => {
    // OPTIONS is answered everywhere, for browsers' preflights; it makes no path known.
    const methods = [method].flat().filter((name) => name !== "OPTIONS");
    if (methods.length > 0) routes.push({ pattern: toRegExp(url), methods });
    known = null;
  });
  return {
    knows(path) {
      known ??= new RegExp(routes.map(({ pattern }) => pattern.source).join("|"));
      return known.test(path);
    },
    methods: (path) => [
      ...new Set(routes.filter(({ pattern }) => pattern.test(path)).flatMap(({ methods }) => methods)),
    ],
  };
}

/** Fastify's route syntax: `:name` is a segment or the end of one, `::` a colon, a final `*` the rest. */
function toRegExp(url: string): RegExp {
  const source = url
    .split(/(::|:\w+|\*$)/)
    .map((part, index) => {
      if (index % 2 === 0) return RegExp.escape(part);
      if (part === "::") return ":";
      return part === "*" ? ".*" : "[^/]+";
    })
    .join("");
  return new RegExp(`^${source}$`);
}
