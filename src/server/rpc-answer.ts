import type { UniversalServerResponse } from "@connectrpc/connect/protocol";
import type { FastifyReply } from "fastify";
import type { AnswerAccount } from "../doors/kit/http/answer-budget.ts";
import { CHUNK_BYTES } from "../doors/kit/http/memory.ts";

/**
 * Sends the answer of an RPC at the client's pace: the next chunk is asked for when the connection has taken the one
 * before. What is on its way counts.
 *
 * @throws what reading the answer raises, and when the client is gone; then the caller cuts the connection
 */
export async function sendRpcAnswer(
  { status, header, body, trailer }: UniversalServerResponse,
  reply: FastifyReply,
  account: AnswerAccount,
): Promise<void> {
  const { raw } = reply;
  const chunks = body?.[Symbol.asyncIterator]();
  try {
    // Until the first chunk is there a handler may still set headers.
    let next = await chunks?.next();
    for (const [name, value] of Object.entries(reply.getHeaders())) {
      if (value !== undefined) raw.setHeader(name, value);
    }
    for (const [name, value] of header ?? []) raw.setHeader(name, value);
    raw.writeHead(status);
    for (; next && !next.done; next = await chunks?.next()) {
      for (let at = 0; at < next.value.length; at += CHUNK_BYTES) {
        if (raw.write(next.value.subarray(at, at + CHUNK_BYTES))) continue;
        account.hold(next.value.length - at);
        await drained(raw);
      }
      account.hold(0);
    }
    if (trailer) raw.addTrailers(Object.fromEntries(trailer));
    raw.end();
  } finally {
    chunks?.return?.().catch(() => {});
  }
}

/** Resolves when a response takes more; rejects when it is over. */
function drained(raw: FastifyReply["raw"]): Promise<void> {
  return new Promise((resolve, reject) => {
    const leave = () => raw.off("drain", onDrain).off("close", onClose);
    const onDrain = () => {
      leave();
      resolve();
    };
    const onClose = () => {
      leave();
      reject(new Error("the client is gone"));
    };
    raw.on("drain", onDrain).on("close", onClose);
    if (raw.destroyed || raw.closed) onClose();
  });
}
