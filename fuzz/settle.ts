import { setTimeout as sleep } from "node:timers/promises";
import type { Holdings } from "./probe.ts";
import type { ServerChild } from "./server-child.ts";

/** How long a server may take to give back what its clients held. */
const MOST_MS = 30_000;

const POLL_MS = 500;

/** What may be held beyond what was held before: code that is compiled, caches that are bounded, a heap's slack. */
const HEAP_SLACK = 24 * 2 ** 20;
const EXTERNAL_SLACK = 16 * 2 ** 20;

/** Kinds of handles that come and go by themselves: housekeeping of the server, which has no clients. */
const RESTLESS = new Set(["Timeout", "Immediate", "FSReqCallback", "FSReqPromise", "GetAddrInfoReqWrap"]);

/**
 * What a server holds once its clients are gone: waits until there are no more connections than those of `watchers`, and
 * a collection has run.
 */
export async function settle(server: ServerChild, watchers: number): Promise<Holdings> {
  return poll(server, ({ handles }) => (handles.TCPSocketWrap ?? 0) <= watchers);
}

/**
 * Waits until a server holds no more than before.
 *
 * @returns what it holds then, and what of it is too much after all the patience
 */
export async function settleTo(
  before: Holdings,
  server: ServerChild,
): Promise<{ after: Holdings; excess: string[] }> {
  const after = await poll(server, (now) => excessOf(before, now).length === 0);
  return { after, excess: excessOf(before, after) };
}

async function poll(server: ServerChild, isSettled: (now: Holdings) => boolean): Promise<Holdings> {
  const until = performance.now() + MOST_MS;
  let now = await server.holdings();
  while (!isSettled(now) && performance.now() < until) {
    await sleep(POLL_MS);
    now = await server.holdings();
  }
  return now;
}

function excessOf(before: Holdings, now: Holdings): string[] {
  const excess: string[] = [];
  if (now.heapBytes > before.heapBytes + HEAP_SLACK) {
    excess.push(`heap of ${megabytes(now.heapBytes)}, was ${megabytes(before.heapBytes)}`);
  }
  if (now.externalBytes > before.externalBytes + EXTERNAL_SLACK) {
    excess.push(`external memory of ${megabytes(now.externalBytes)}, was ${megabytes(before.externalBytes)}`);
  }
  for (const [kind, count] of Object.entries(now.handles)) {
    const had = before.handles[kind] ?? 0;
    if (count > had && !RESTLESS.has(kind)) excess.push(`${count} handles of ${kind}, were ${had}`);
  }
  return excess;
}

export function megabytes(bytes: number): string {
  return `${(bytes / 2 ** 20).toFixed(1)} MiB`;
}
