import { once } from "node:events";
import { setFlagsFromString } from "node:v8";
import { type Transferable, Worker } from "node:worker_threads";
import { type ErrorClass, reviveError } from "./carried-error.ts";
import type { FromWorker, ToWorker } from "./messages.ts";

/** Sends requests to a worker thread and brings back what it answers or throws. */
export interface WorkerClient<Request, Response> {
  /** Asks for one value. What is in `transfer` moves to the worker instead of being copied. */
  call(request: Request, transfer?: Transferable[]): Promise<Response>;
  /** Asks for many values; the worker makes each when the one before it was taken. */
  stream(request: Request, transfer?: Transferable[]): AsyncGenerator<Response, void, void>;
  /** Lets the thread release what it holds and end; whoever still waits for an answer gets a `WorkerEndedError`. */
  close(): Promise<void>;
}

/** The worker thread ended, by itself or by `close`, before it answered. */
export class WorkerEndedError extends Error {
  override readonly name = "WorkerEndedError";
}

/** Room for a thread's short-lived objects: what a chunk of spans or calls is, mostly dead when there is no more of it. */
const YOUNG_GENERATION_MB = 32;

// Each thread strips the types of its modules with WebAssembly. When several compile the same wrapper for one of its
// imports at once, V8 (of Node 24) can free it twice and crash the process, so a wrapper stays the generic one.
setFlagsFromString("--wasm-wrapper-tiering-budget=2147483647");

/** How long a thread has to end by itself before it is cut off. */
const END_MS = 5000;

/** One life of the thread. */
interface Session<Request, Response> {
  ask(message: ToWorker<Request>, transfer?: Transferable[]): Promise<FromWorker<Response>>;
  tell(message: ToWorker<Request>): void;
  end(): Promise<void>;
  hasEnded(): boolean;
}

/**
 * A client for the worker in the module at `url`, which calls `serveWorker`. The thread starts with the first request,
 * again after it died, and keeps the process alive only while an answer is owed.
 *
 * @param errors the classes of errors that keep their class when the worker throws them.
 * @param data what the worker finds as its `workerData`.
 */
export function createWorkerClient<Request, Response>(
  url: URL,
  errors: readonly ErrorClass[] = [],
  data?: unknown,
): WorkerClient<Request, Response> {
  let session: Session<Request, Response> | null = null;
  let isClosed = false;
  let lastId = 0;

  const running = (): Session<Request, Response> => {
    if (isClosed) throw new WorkerEndedError("the worker is closed");
    if (!session || session.hasEnded()) session = startSession(url, data);
    return session;
  };

  /** The value in a reply; null at a stream's end. */
  const unwrap = (reply: FromWorker<Response>): { value: Response; isLast?: true } | null => {
    if (reply.kind === "error") throw reviveError(reply.error, errors);
    return reply.kind === "value" ? reply : null;
  };

  return {
    async call(request, transfer) {
      const reply = await running().ask({ id: ++lastId, kind: "call", request }, transfer);
      const answer = unwrap(reply);
      if (!answer) throw new Error("the worker answered a call without a value");
      return answer.value;
    },

    async *stream(request, transfer) {
      const worker = running();
      const id = ++lastId;
      let answer = unwrap(await worker.ask({ id, kind: "stream", request }, transfer));
      try {
        while (answer) {
          const { value, isLast } = answer;
          if (isLast) answer = null;
          yield value;
          if (isLast) return;
          answer = unwrap(await worker.ask({ id, kind: "next" }));
        }
      } finally {
        if (answer) worker.tell({ id, kind: "return" });
      }
    },

    async close() {
      isClosed = true;
      await session?.end();
    },
  };
}

function startSession<Request, Response>(url: URL, data: unknown): Session<Request, Response> {
  const worker = new Worker(url, {
    workerData: data,
    resourceLimits: { maxYoungGenerationSizeMb: YOUNG_GENERATION_MB },
  });
  const waiting = new Map<number, PromiseWithResolvers<FromWorker<Response>>>();
  let ended: Error | null = null;

  const end = (error: Error): void => {
    ended ??= error;
    for (const { reject } of waiting.values()) reject(ended);
    waiting.clear();
  };
  worker.unref();
  worker.on("message", (reply: FromWorker<Response>) => {
    waiting.get(reply.id)?.resolve(reply);
    waiting.delete(reply.id);
    if (waiting.size === 0) worker.unref();
  });
  worker.on("error", (cause) => end(new WorkerEndedError("the worker crashed", { cause })));
  worker.on("exit", () => end(new WorkerEndedError("the worker ended")));

  return {
    async ask(message, transfer = []) {
      if (ended) throw ended;
      worker.postMessage(message, transfer);
      const reply = Promise.withResolvers<FromWorker<Response>>();
      waiting.set(message.id, reply);
      worker.ref();
      return reply.promise;
    },
    tell: (message) => worker.postMessage(message),
    async end() {
      if (ended) return;
      const exit = once(worker, "exit");
      worker.ref();
      worker.postMessage({ id: 0, kind: "end" } satisfies ToWorker<Request>);
      const timer = setTimeout(() => worker.terminate(), END_MS);
      await exit;
      clearTimeout(timer);
    },
    hasEnded: () => ended !== null,
  };
}
