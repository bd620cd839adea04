import type { CarriedError } from "./carried-error.ts";

/** What a client sends to its worker. A stream's messages share its id; at most one answer is owed for an id. */
export type ToWorker<Request> =
  | { id: number; kind: "call" | "stream"; request: Request }
  | { id: number; kind: "next" | "return" }
  | { id: number; kind: "end" };

/** What a worker answers: a value, after which a stream may be at its end, that end, or an error. */
export type FromWorker<Response> =
  | { id: number; kind: "value"; value: Response; isLast?: true }
  | { id: number; kind: "done" }
  | { id: number; kind: "error"; error: CarriedError };
