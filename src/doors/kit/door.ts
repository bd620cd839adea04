import type { ConnectRouter } from "@connectrpc/connect";
import type { FastifyInstance } from "fastify";
import type { Instant } from "../../model/base/instant.ts";
import type { Store } from "../../store/store.ts";
import type { Decoding } from "./decode/decoding.ts";
import type { Memory } from "./http/memory.ts";

/** What every door is given. */
export interface DoorContext {
  store: Store;
  /** The current time; injected so that tests need not wait. */
  now: () => Instant;
  /** The project of requests that name none. */
  defaultProject: string;
  limits: Limits;
  /** What requests and answers hold. */
  memory: Memory;
  /** Reads what clients send without holding the event loop. */
  decoding: Decoding;
}

/** The largest request each kind of door takes, and the largest message it sends, in bytes after decompression. */
export interface Limits {
  otlpBytes: number;
  restBytes: number;
  rpcBytes: number;
}

/**
 * One dialect's way in. Each door registers in a scope of its own, so that its error handler, body parsers and hooks
 * are its alone; a door may have HTTP routes, RPCs or both.
 */
export interface Door {
  http?: (app: FastifyInstance, context: DoorContext) => void | Promise<void>;
  rpc?: (router: ConnectRouter, context: DoorContext) => void;
}
