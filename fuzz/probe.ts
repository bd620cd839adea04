import { subscribe } from "node:diagnostics_channel";
import { setImmediate as nextTurn } from "node:timers/promises";
import { isMainThread } from "node:worker_threads";
import type { FastifyInstance } from "fastify";

/**
 * Preloaded into the server's process: tells the fuzzer, over the process's channel, which routes are registered and what
 * the process holds. The server itself knows nothing of it.
 */

/** A route as the server's framework was told it. */
export interface ServedRoute {
  url: string;
  methods: string[];
}

/** What the process holds after a forced collection. */
export interface Holdings {
  heapBytes: number;
  /** Memory outside the heap that objects of it keep. */
  externalBytes: number;
  residentBytes: number;
  /** What keeps the event loop busy, by kind. */
  handles: Record<string, number>;
}

export type Question = "routes" | "holdings";

// The server's workers are started with the same preload.
if (isMainThread && process.send) {
  const routes: ServedRoute[] = [];
  subscribe("fastify.initialization", (message) => {
    const { fastify } = message as { fastify: FastifyInstance };
    fastify.addHook("onRoute", ({ url, method }) => {
      routes.push({ url, methods: [method].flat() });
    });
  });
  process.on("message", async (question: Question) => {
    process.send?.(question === "routes" ? routes : await holdings());
  });
  process.on("disconnect", () => process.exit());
  process.channel?.unref();
}

async function holdings(): Promise<Holdings> {
  // What a collection finalises can free more: the next one takes that.
  for (let round = 0; round < 3; round++) {
    globalThis.gc?.();
    await nextTurn();
  }
  const { heapUsed, external, rss } = process.memoryUsage();
  const handles: Record<string, number> = {};
  for (const kind of process.getActiveResourcesInfo()) handles[kind] = (handles[kind] ?? 0) + 1;
  return { heapBytes: heapUsed, externalBytes: external, residentBytes: rss, handles };
}
