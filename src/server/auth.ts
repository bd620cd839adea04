import type { IncomingHttpHeaders } from "node:http";
import type { FastifyInstance } from "fastify";
import { rememberKey } from "../doors/kit/identity/request-project.ts";
import { type AccessKey, hasRole, opens, prefixOf } from "../model/access/access-key.ts";
import { NotAuthenticatedError, PermissionDeniedError } from "../model/base/errors.ts";
import type { KeyStore } from "../store/roles/keys.ts";

/** The headers in which a key may come. None of them may show in a log. */
export const KEY_HEADERS = ["authorization", "x-api-key"] as const;

/** Whether a store asks for keys. */
export interface KeyRing {
  /** Whether there ever was a key: then every door asks for one. Costs a look-up until it is so. */
  isLocked(): Promise<boolean>;
  /**
   * The key that a request comes with; null where none is needed. Costs a look-up of some 10 µs for each secret in the
   * headers, so that a key counts, or no longer does, from the moment it is created or revoked.
   *
   * @throws NotAuthenticatedError when there are keys, and the request comes with none of them
   */
  keyOf(headers: IncomingHttpHeaders): Promise<AccessKey | null>;
}

/** Knows the keys of a store. */
export function createKeyRing(store: Pick<KeyStore, "hasKeys" | "findKeys">): KeyRing {
  let locked = false;
  const isLocked = async () => (locked ||= await store.hasKeys());

  async function find(secret: string): Promise<AccessKey | undefined> {
    const prefix = prefixOf(secret);
    const candidates = prefix === null ? [] : await store.findKeys(prefix);
    return candidates.find((key) => opens(secret, key));
  }

  return {
    isLocked,
    async keyOf(headers) {
      for (const secret of secretsOf(headers)) {
        const key = await find(secret);
        if (key) return key;
      }
      if (await isLocked()) throw new NotAuthenticatedError();
      return null;
    },
  };
}

/**
 * Asks every request to `app` and its scopes for what its route declares (see `Access`), before its body is read. What
 * is refused is worded by the route's own error handler. Paths that are none and browsers' preflights are let through.
 */
export function guardRoutes(app: FastifyInstance, keyRing: KeyRing): void {
  app.addHook("onRequest", async (request, reply) => {
    const { access = "write" } = request.routeOptions.config;
    if (access === "open" || request.is404 || request.method === "OPTIONS") return;
    try {
      const key = await keyRing.keyOf(request.headers);
      rememberKey(request.raw, key);
      if (!hasRole(key, access)) {
        throw new PermissionDeniedError(`The key "${key?.name}" may ${key?.role} only; this needs ${access}`);
      }
    } catch (error) {
      if (error instanceof NotAuthenticatedError)
        reply.header("www-authenticate", 'Basic realm="Skein", Bearer');
      throw error;
    }
  });
}

/**
 * All that may be a key's secret in a request's headers: the password of Basic, whoever the user, or the token of Bearer,
 * and `x-api-key`. Some clients send one header for another server by themselves, so each may be the one.
 */
function secretsOf(headers: IncomingHttpHeaders): string[] {
  const [, scheme = "", credentials = ""] = /^(\w+) +(\S+) *$/.exec(headers.authorization ?? "") ?? [];
  const secrets = [headers["x-api-key"] ?? []].flat();
  if (/^bearer$/i.test(scheme)) secrets.unshift(credentials);
  if (/^basic$/i.test(scheme)) secrets.unshift(passwordOf(credentials));
  return secrets;
}

function passwordOf(credentials: string): string {
  const pair = Buffer.from(credentials, "base64").toString();
  return pair.slice(pair.indexOf(":") + 1);
}
