import type { ConnectRouter, ServiceImpl, Transport } from "@connectrpc/connect";
import {
  createConnectTransport,
  createGrpcTransport,
  createGrpcWebTransport,
} from "@connectrpc/connect-node";
import { onTestFinished } from "vitest";
import { ThreadService } from "../../gen/skein/v1/thread_service_pb.ts";
import type { Door } from "../../src/doors/kit/door.ts";
import { createServer, type ServerParts } from "../../src/server/app.ts";
import { type Config, configSchema } from "../../src/server/config.ts";
import { openLog } from "../../src/server/log.ts";
import { createFakeStore } from "./fake-store.ts";

/** A running server. */
export interface Running {
  url: string;
  port: number;
  /** What the server has logged, a line each. */
  log: string[];
  close(): Promise<void>;
}

/** Starts a server on a free port that closes when the test ends. */
export async function start(
  parts: Partial<Omit<ServerParts, "config" | "logger">> & { config?: Partial<Config> } = {},
): Promise<Running> {
  const log: string[] = [];
  const { logger, close: closeLog } = openLog({ logLevel: "debug" }, { write: (line) => log.push(line) });
  const server = await createServer({
    doors: [],
    store: createFakeStore(),
    ...parts,
    logger,
    config: { ...configSchema.parse({ port: "0", shutdownGrace: "5s" }), ...parts.config },
  });
  const url = await server.listen();
  let closing: Promise<void> | undefined;
  const close = () => (closing ??= server.close().finally(closeLog));
  onTestFinished(close);
  return { url, port: Number(new URL(url).port), log, close };
}

/** A door whose only RPCs are these of ThreadService. */
export function rpcDoor(implementation: Partial<ServiceImpl<typeof ThreadService>>): Door {
  return { rpc: (router: ConnectRouter) => void router.service(ThreadService, implementation) };
}

/** A door whose Spans echoes each conversation id as a span, and whose streams send one message for each. */
export const echoDoor = rpcDoor({
  spans: ({ conversationIds }) => ({ conversations: conversationIds.map(echo) }),
  async *streamSpans({ query }) {
    for (const id of query?.conversationIds ?? []) yield { conversations: [echo(id)] };
  },
  async *threadsQuery({ limit = 3 }) {
    for (let turn = 1; turn <= limit; turn++)
      yield { threads: [{ threadId: `t${turn}`, turnCount: BigInt(turn) }] };
  },
});

function echo(conversationId: string) {
  return { conversationId, spans: [{ spanId: conversationId, durationMs: 5n }] };
}

/** Every way connect-node can speak to the server. */
export const transports: Record<string, (url: string) => Transport> = {
  gRPC: (baseUrl) => createGrpcTransport({ baseUrl }),
  "gRPC-Web over HTTP/1.1": (baseUrl) => createGrpcWebTransport({ baseUrl, httpVersion: "1.1" }),
  "gRPC-Web over HTTP/2": (baseUrl) => createGrpcWebTransport({ baseUrl, httpVersion: "2" }),
  "Connect over HTTP/1.1": (baseUrl) => createConnectTransport({ baseUrl, httpVersion: "1.1" }),
  "Connect over HTTP/2": (baseUrl) => createConnectTransport({ baseUrl, httpVersion: "2" }),
  "Connect JSON over HTTP/1.1": (baseUrl) =>
    createConnectTransport({ baseUrl, httpVersion: "1.1", useBinaryFormat: false }),
};
