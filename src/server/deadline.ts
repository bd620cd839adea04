import type { IncomingHttpHeaders } from "node:http";
import { Code, ConnectError, type Interceptor } from "@connectrpc/connect";
import { Health } from "../../gen/grpc/health/v1/health_pb.ts";
import { settleUnlessAborted } from "../workers/signals.ts";

const MAX_TIMER_MS = 2 ** 31 - 1;

/** The units of a gRPC timeout in which it can be longer than that. */
const LONG_UNITS_MS: Record<string, number> = { H: 3_600_000, M: 60_000, S: 1000 };

/**
 * Ends calls in time. A unary call whose caller names no deadline has `timeoutMs` in all; a stream, whatever its
 * caller says, has `timeoutMs` from each message to the next, the time the client takes to read included, so one that
 * moves is spared. The caller's own deadline holds too, even if the handler does not heed its signal. However a stream
 * ends, its handler's iterator is told to return. Health.Watch may rest for as long as its caller likes.
 */
export function deadlineInterceptor(timeoutMs: number): Interceptor {
  return (next) => async (request) => {
    const overdue = new AbortController();
    const timer = setTimeout(() => {
      const what = request.stream ? "the stream has not moved for" : "the call took longer than";
      overdue.abort(new ConnectError(`${what} ${timeoutMs} ms, the server's limit`, Code.DeadlineExceeded));
    }, timeoutMs);
    const mayRest = request.stream ? request.method === Health.method.watch : namesDeadline(request.header);
    if (mayRest) clearTimeout(timer);
    const signal = AbortSignal.any([request.signal, overdue.signal]);
    try {
      const response = await settleUnlessAborted(next({ ...request, signal }), signal);
      if (response.stream) return { ...response, message: paced(response.message, signal, timer) };
      clearTimeout(timer);
      return response;
    } catch (error) {
      clearTimeout(timer);
      throw error;
    }
  };
}

/** Passes messages on until `signal` aborts, and restarts `timer` (if it still runs) with each. */
async function* paced<T>(messages: AsyncIterable<T>, signal: AbortSignal, timer: NodeJS.Timeout) {
  const iterator = messages[Symbol.asyncIterator]();
  // Nothing is awaited of the handler here: it may be the one that hangs.
  const end = () => {
    clearTimeout(timer);
    iterator.return?.().catch(() => {});
  };
  // A client that vanished or reads no more does not ask for the next message, so the end cannot wait for that.
  signal.addEventListener("abort", end, { once: true });
  try {
    while (true) {
      const result = await settleUnlessAborted(iterator.next(), signal);
      if (result.done) return;
      timer.refresh();
      yield result.value;
      timer.refresh();
    }
  } finally {
    signal.removeEventListener("abort", end);
    end();
  }
}

function namesDeadline(headers: Headers): boolean {
  return headers.has("grpc-timeout") || headers.has("connect-timeout-ms");
}

/**
 * Shortens a request's deadline to what the runtime's timers can wait, 24 days: a longer one would end the call at
 * once.
 */
export function shortenDeadline(headers: IncomingHttpHeaders): void {
  const connect = headers["connect-timeout-ms"];
  if (Number(connect) > MAX_TIMER_MS) headers["connect-timeout-ms"] = String(MAX_TIMER_MS);
  const [, amount, unit] = /^(\d{1,8})([HMS])$/.exec(String(headers["grpc-timeout"])) ?? [];
  if (Number(amount) * (LONG_UNITS_MS[unit ?? ""] ?? 0) > MAX_TIMER_MS) {
    headers["grpc-timeout"] = `${Math.floor(MAX_TIMER_MS / 1000)}S`;
  }
}
