import { chunked, requestBytes } from "./http1.ts";
import type { Input, Leave } from "./input.ts";
import { cut } from "./odd.ts";
import type { Rng } from "./rng.ts";

/** A request, whatever version of HTTP carries it. */
export interface Message {
  method: string;
  target: string;
  headers: [string, string][];
  /** Null for none. */
  body: Buffer | null;
  /** Headers of HTTP/2 only, such as `te`. */
  http2Headers?: [string, string][];
}

/** How often clients do not wait for their answer. */
const LEAVING = 0.06;
/** How often they write slowly, and how often they do not read. */
const SLOW = 0.01;
const DEAF = 0.004;

/** Carries a request over either version of HTTP, as clients do that are patient, slow, deaf or gone. */
export function carry(
  message: Message,
  named: { door: string; route: string },
  rng: Rng,
  version: 1 | 2 = rng.chance(0.6) ? 1 : 2,
): Input {
  const leave = rng.chance(LEAVING) ? leaving(rng) : undefined;
  const pauseMs = rng.chance(SLOW) ? rng.pick([20, 100, 400]) : undefined;
  const deafMs = rng.chance(DEAF) ? rng.pick([300, 1000, 3000]) : undefined;
  const manner = {
    ...named,
    ...(leave && { leave }),
    ...(pauseMs !== undefined && { pauseMs }),
    ...(deafMs !== undefined && { deafMs }),
    ...(!leave && deafMs === undefined && { expectsAnswer: true }),
  };
  const mostPieces = pauseMs !== undefined ? 12 : leave || rng.chance(0.1) ? 4 : 1;
  if (version === 2) {
    const headers = {
      ":method": message.method,
      ":path": message.target,
      ...joined([...message.headers, ...(message.http2Headers ?? [])]),
    };
    return {
      via: "http2",
      headers,
      pieces: message.body ? cut(message.body, rng, mostPieces) : [],
      ...manner,
    };
  }

  const isChunked = message.body !== null && rng.chance(0.1);
  const framing: [string, string][] = isChunked
    ? [["transfer-encoding", "chunked"]]
    : message.body
      ? [["content-length", String(message.body.length)]]
      : [];
  const body = message.body ?? Buffer.alloc(0);
  const written = isChunked ? chunked(cut(body, rng, 5)) : body;
  const headers: [string, string][] = [["host", "127.0.0.1"], ...message.headers, ...framing];
  const bytes = requestBytes(message.method, message.target, headers, written);
  const pieces = cut(bytes, rng, mostPieces);
  return {
    via: "tcp",
    pieces,
    methods: [message.method],
    reusable: !leave && deafMs === undefined,
    ...manner,
  };
}

function leaving(rng: Rng): Leave {
  return { when: rng.pick(["sending", "sent", "answered"]), by: rng.pick(["close", "reset", "half"]) };
}

/** Headers by name; one that comes twice counts once. */
function joined(headers: [string, string][]): Record<string, string> {
  return Object.fromEntries(headers.map(([name, value]) => [name.toLowerCase(), value]));
}
