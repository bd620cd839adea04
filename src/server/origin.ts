import { isIP } from "node:net";
import { cors as connectCors } from "@connectrpc/connect";
import fastifyCors from "@fastify/cors";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { quoted } from "../model/base/quoted.ts";
import type { KeyRing } from "./auth.ts";
import type { Config } from "./config.ts";

/** Whether a host name or address, in a URL's spelling, is this machine itself and nothing else. */
export function isLoopback(host: string): boolean {
  const name = host
    .toLowerCase()
    .replace(/^\[(.*)\]$/, "$1")
    .replace(/\.$/, "");
  if (isIP(name) === 4) return name.startsWith("127.");
  return name === "::1" || name === "localhost" || name.endsWith(".localhost");
}

/**
 * Guards a server against web pages. Without it any page open in a browser on this machine could call the server: while
 * there are no keys, a loopback server therefore answers only requests sent to a loopback name or a host of `allowedHost`
 * (a page that rebinds its own name to 127.0.0.1 still sends that name; where there are keys, it has none to send). Any
 * server answers only requests that come from no web page, from itself, from a loopback origin or from one of
 * `corsOrigin`: with keys too, as browsers send those that they remember for a site by themselves. Others are a 403.
 */
export async function guardOrigins(app: FastifyInstance, config: Config, keyRing: KeyRing): Promise<void> {
  const hosts = new Set(config.allowedHost.map((host) => host.toLowerCase()));
  const origins = new Set(config.corsOrigin);
  const checkHost = isLoopback(config.host);

  const isOwnHost = (host: string) => isLoopback(host) || hosts.has(host.toLowerCase());
  const isAllowed = (origin: string) =>
    origins.has("*") || origins.has(origin) || isLoopback(URL.parse(origin)?.hostname ?? "");

  app.addHook("onRequest", async (request, reply) => {
    if (!URL.canParse(`http://${request.host}`)) {
      return reply
        .code(400)
        .send({ detail: `The request is addressed to "${quoted(request.host)}", which is no host.` });
    }
    if (checkHost && !isOwnHost(request.hostname) && !(await keyRing.isLocked())) {
      const detail = `This server answers on loopback names only, not on "${quoted(request.hostname)}"; --allowed-host adds a name.`;
      return reply.code(403).send({ detail });
    }
    const { origin } = request.headers;
    if (origin !== undefined && !isSameOrigin(origin, request) && !isAllowed(origin)) {
      const detail = `Web pages of the origin "${quoted(origin)}" may not call this server; --cors-origin allows an origin.`;
      return reply.code(403).send({ detail });
    }
  });

  await app.register(fastifyCors, {
    origin: async (origin: string | undefined) => origin !== undefined && isAllowed(origin),
    methods: ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"],
    // No list of allowed headers: those a preflight asks for are allowed, as the origin is what is trusted.
    exposedHeaders: [
      ...connectCors.exposedHeaders,
      "content-location",
      "retry-after",
      "x-pagination-total",
      "x-pagination-next",
    ],
    maxAge: 7200,
  });
}

function isSameOrigin(origin: string, request: FastifyRequest): boolean {
  return URL.parse(origin)?.host === request.host;
}
