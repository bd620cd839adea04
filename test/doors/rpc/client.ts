import { type Client, createClient, type Transport } from "@connectrpc/connect";
import {
  createConnectTransport,
  createGrpcTransport,
  createGrpcWebTransport,
} from "@connectrpc/connect-node";
import { ThreadService } from "../../../gen/skein/v1/thread_service_pb.ts";
import type { Limits } from "../../../src/doors/kit/door.ts";
import { threadServiceDoor } from "../../../src/doors/rpc/thread-service.ts";
import type { Store } from "../../../src/store/store.ts";
import { serve } from "../serve.ts";

/** The ways a client can talk to the service. */
export const PROTOCOLS = {
  gRPC: (baseUrl: string): Transport => createGrpcTransport({ baseUrl }),
  "gRPC-Web": (baseUrl: string): Transport => createGrpcWebTransport({ baseUrl, httpVersion: "1.1" }),
  "Connect, HTTP/2": (baseUrl: string): Transport => createConnectTransport({ baseUrl, httpVersion: "2" }),
  "Connect GET": (baseUrl: string): Transport =>
    createConnectTransport({ baseUrl, httpVersion: "1.1", useHttpGet: true }),
  "Connect JSON": (baseUrl: string): Transport =>
    createConnectTransport({ baseUrl, httpVersion: "1.1", useBinaryFormat: false }),
};

export type Protocol = keyof typeof PROTOCOLS;

/** A client of the service over a store, in a protocol. */
export async function connect(
  store: Store,
  protocol: Protocol = "gRPC",
  limits: Partial<Limits> = {},
): Promise<Client<typeof ThreadService>> {
  const transport = PROTOCOLS[protocol];
  return createClient(ThreadService, transport(await serve(threadServiceDoor, store, limits)));
}

/** All messages of a stream. */
export async function collect<T>(messages: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const message of messages) all.push(message);
  return all;
}

/** Reads the first message of a stream, then cancels the call: leaving the loop alone would not. */
export async function readOne<T>(
  call: (options: { signal: AbortSignal }) => AsyncIterable<T>,
): Promise<void> {
  const cancel = new AbortController();
  for await (const _ of call({ signal: cancel.signal })) break;
  cancel.abort();
}
