import { once } from "node:events";
import { type Agent, type IncomingMessage, request } from "node:http";
import type { Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { Client, credentials } from "@grpc/grpc-js";

/** What a client received, and when. */
export interface Received {
  bytes: number;
  firstByteMs: number;
  totalMs: number;
}

/** Reads a stream of chunks to its end, no faster than a rate. */
export async function receive(stream: Readable, sentAt: number, bytesPerSecond: number): Promise<Received> {
  let bytes = 0;
  let firstByteMs = 0;
  for await (const chunk of stream) {
    firstByteMs ||= performance.now() - sentAt;
    bytes += chunk.length;
    const early = (bytes / bytesPerSecond) * 1000 - (performance.now() - sentAt);
    if (early > 1) await sleep(early);
  }
  return { bytes, firstByteMs, totalMs: performance.now() - sentAt };
}

/** How a request is sent. */
export interface PostOptions {
  contentType?: string;
  encoding?: "gzip";
  /** Keeps connections; else each request has one of its own. */
  agent?: Agent;
}

/** Sends a body; the answer is not read yet. */
export async function post(
  url: string,
  body: Uint8Array | string,
  { contentType = "application/json", encoding, agent }: PostOptions = {},
): Promise<IncomingMessage> {
  const headers = { "content-type": contentType, ...(encoding && { "content-encoding": encoding }) };
  const sent = request(url, { method: "POST", headers, agent: agent ?? false }).end(body);
  const [response] = await once(sent, "response");
  return response;
}

/** Sends a body and reads all of the answer, whatever it says. */
export async function postJson(url: string, body: unknown, agent?: Agent): Promise<Received> {
  const sentAt = performance.now();
  const response = await post(url, JSON.stringify(body), agent ? { agent } : {});
  return receive(response, sentAt, Number.POSITIVE_INFINITY);
}

/** A grpc-js client whose messages are bytes, on a connection of its own. */
export function grpcClient(url: string) {
  const client = new Client(new URL(url).host, credentials.createInsecure(), {
    "grpc.use_local_subchannel_pool": 1,
  });
  const bytes = (message: Uint8Array) => Buffer.from(message.buffer, message.byteOffset, message.byteLength);
  return {
    stream: (path: string, message: Uint8Array) =>
      client.makeServerStreamRequest(path, bytes, bytes, message),
    /** Resolves with the answer's code: 0 is OK. */
    unary(path: string, message: Uint8Array): Promise<number> {
      const { promise, resolve } = Promise.withResolvers<number>();
      client.makeUnaryRequest(path, bytes, bytes, message, (error) => resolve(error?.code ?? 0));
      return promise;
    },
    close: () => client.close(),
  };
}
