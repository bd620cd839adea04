import { AsyncLocalStorage } from "node:async_hooks";
import type { Compression } from "@connectrpc/connect/protocol";
import type { FastifyReply, FastifyRequest } from "fastify";
import type { BodyAccount } from "../doors/kit/http/body-budget.ts";
import { cut, type Memory, openBody } from "../doors/kit/http/memory.ts";
import { createAsks } from "../workers/asks.ts";
import { envelopesOf } from "./rpc-envelopes.ts";

/** Messages that are decompressed at once: what comes of each is counted when it is there. */
const MOST_DECOMPRESSING = 2;

const receiving = new AsyncLocalStorage<BodyAccount>();

/** The body of an RPC's request. */
export interface RpcBody {
  chunks: AsyncIterable<Uint8Array>;
  /** Does what reads the body; messages that are decompressed in it count, too. */
  read<Result>(work: () => Result): Result;
}

/**
 * Counts the body of an RPC until it is answered; while too much is held, a large one waits, unread. Reading no further
 * leaves the connection as it is, so that an answer can be given before the body is complete. Envelopes are checked.
 *
 * @param mayRest whether the client may take its time, as where it is not known when it has its next message
 */
export function openRpcBody(
  memory: Memory,
  { raw: request }: FastifyRequest,
  { raw: answer }: FastifyReply,
  mayRest: boolean,
): RpcBody {
  const account = openBody(memory, answer, () => cut(answer));
  if (mayRest) account.complete();
  const envelopes = envelopesOf(request.headers["content-type"]);
  async function* chunks(): AsyncGenerator<Uint8Array> {
    for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Uint8Array>) {
      await account.take(chunk.length);
      if (envelopes) yield* envelopes.add(chunk);
      else yield chunk;
    }
    account.complete();
    envelopes?.end();
  }
  return { chunks: chunks(), read: (work) => receiving.run(account, work) };
}

/** The same compression, whose decompressed messages count as part of the body they came in. */
export function countDecompressed(compression: Compression): Compression {
  const asks = createAsks(MOST_DECOMPRESSING);
  return {
    ...compression,
    async decompress(bytes, maxBytes) {
      const account = receiving.getStore();
      const message = await asks.ask(
        () => account?.room() ?? null,
        () => compression.decompress(bytes, maxBytes),
      );
      await account?.take(message.length);
      return message;
    },
  };
}
