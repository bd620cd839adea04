import type { KeyRole } from "../../../model/access/access-key.ts";

/** What a request needs: a key of a role, or none at all. */
export type Access = KeyRole | "open";

declare module "fastify" {
  interface FastifyContextConfig {
    /** What requests to the route need. A route that says nothing needs a key that may write, to be safe. */
    access?: Access;
  }
}

/** Options of a route that only reads. */
export const READS = { config: { access: "read" } } as const;

/** Options of a route that anyone may call: it must tell nothing of what is stored. */
export const OPEN = { config: { access: "open" } } as const;
