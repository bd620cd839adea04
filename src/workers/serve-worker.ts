import { getPriority, setPriority } from "node:os";
import { parentPort } from "node:worker_threads";
import { carryError } from "./carried-error.ts";
import type { FromWorker, ToWorker } from "./messages.ts";

type Values<Response> = Iterable<Response, Response | undefined>;
type AsyncValues<Response> = AsyncIterable<Response, Response | undefined>;

/** What a worker does with the requests of its client. */
export interface WorkerHandlers<Request, Response> {
  /** Answers one request with one value. */
  call?: (request: Request) => Response | Promise<Response>;
  /**
   * Answers one request with many values, each made when the client asks for it. What it returns in the end is the last
   * of them, unless undefined; the client then need not ask whether there are more.
   */
  stream?: (request: Request) => Values<Response> | AsyncValues<Response>;
  /** Releases what the thread holds, before it ends because its client closes. */
  end?: () => void;
}

/** How much nicer workers are than the thread of the event loop, which answers everyone and needs little. */
const NICENESS = 10;
const NICEST = 19;

/**
 * Serves the requests of the `createWorkerClient` that started this thread, for as long as the thread lives. What a
 * handler throws reaches the caller; the thread goes on.
 */
export function serveWorker<Request, Response>(handlers: WorkerHandlers<Request, Response>): void {
  const port = parentPort;
  if (!port) throw new Error("serveWorker runs in a worker thread only");
  // Elsewhere a priority is the whole process's.
  if (process.platform === "linux") setPriority(Math.min(NICEST, getPriority() + NICENESS));
  const streams = new Map<number, ReturnType<typeof iteratorOf<Response>>>();

  const next = async (id: number): Promise<FromWorker<Response>> => {
    const result = await streams.get(id)?.next();
    if (result && !result.done) return { id, kind: "value", value: result.value };
    streams.delete(id);
    const last = result?.value;
    return last === undefined
      ? { id, kind: "done" }
      : { id, kind: "value", value: last as Response, isLast: true };
  };

  const answer = async (message: ToWorker<Request>): Promise<FromWorker<Response> | null> => {
    const { id } = message;
    switch (message.kind) {
      case "call":
        return { id, kind: "value", value: await required(handlers.call)(message.request) };
      case "stream":
        streams.set(id, iteratorOf(required(handlers.stream)(message.request)));
        return next(id);
      case "next":
        return next(id);
      case "return":
        await streams.get(id)?.return?.();
        streams.delete(id);
        return null;
      case "end":
        for (const stream of streams.values()) await stream.return?.();
        handlers.end?.();
        port.close();
        return null;
    }
  };

  port.on("message", async (message: ToWorker<Request>) => {
    const { id } = message;
    try {
      const reply = await answer(message);
      if (reply) port.postMessage(reply);
    } catch (error) {
      streams.delete(id);
      port.postMessage({ id, kind: "error", error: carryError(error) } satisfies FromWorker<Response>);
    }
  });
}

function required<Handler>(handler: Handler | undefined): Handler {
  if (!handler) throw new Error("this worker does not serve such requests");
  return handler;
}

function iteratorOf<T>(values: Values<T> | AsyncValues<T>) {
  return Symbol.asyncIterator in values ? values[Symbol.asyncIterator]() : values[Symbol.iterator]();
}
