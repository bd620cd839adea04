import { constants } from "node:http2";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import {
  type AnswerAccount,
  type AnswerBudget,
  type AnswerLimits,
  createAnswerBudget,
} from "./answer-budget.ts";
import { type BodyAccount, type BodyBudget, type BodyLimits, createBodyBudget } from "./body-budget.ts";
import { connectionOf, isHttp2, type RawMessage } from "./connection-of.ts";

/** What requests and answers hold in memory. */
export interface Memory {
  bodies: BodyBudget;
  answers: AnswerBudget;
}

/** The most bytes given to a connection at once. So it shows whether a client that reads slowly still does. */
export const CHUNK_BYTES = 64 * 1024;

/** An answer up to this size counts for nothing: how many requests are under way bounds what all of these hold. */
const SMALL_BYTES = 4096;

/** How much each may hold. */
export interface MemoryLimits {
  bodies: BodyLimits;
  answers: AnswerLimits;
}

declare module "fastify" {
  interface FastifyInstance {
    memory: Memory;
  }
  interface FastifyRequest {
    /** The raw answer to the request: what is held for it is held until that is over. */
    rawAnswer: FastifyReply["raw"];
  }
}

/**
 * Counts what the requests and answers of an app and its scopes hold, until it closes. A request whose body is read goes
 * on when there is room for its answer.
 */
export function countMemory(app: FastifyInstance, limits: MemoryLimits): Memory {
  const memory = { bodies: createBodyBudget(limits.bodies), answers: createAnswerBudget(limits.answers) };
  app.decorate("memory", memory);
  app.decorateRequest("rawAnswer");
  app.addHook("onRequest", (request, reply, done) => {
    request.rawAnswer = reply.raw;
    done();
  });
  app.addHook("preHandler", (request, reply, done) => {
    if (request.routeOptions.config.access === "open") return done();
    const connection = connectionOf(reply.raw);
    if (memory.answers.tryStart(connection)) return done();
    const gone = new AbortController();
    whenOver(reply.raw, () => gone.abort());
    Promise.resolve(memory.answers.start(connection, gone.signal)).then(
      () => done(),
      (error: Error) => (gone.signal.aborted ? reply.hijack() : done(error)),
    );
  });
  app.addHook("onSend", (_request, { raw }, payload, done) => {
    done();
    // A whole answer is sent by now, and most connections have taken it.
    const isWhole = typeof payload === "string" || Buffer.isBuffer(payload);
    if (isWhole && raw.writableLength > SMALL_BYTES) openAnswer(memory, raw).hold(raw.writableLength);
  });
  app.addHook("onClose", async () => {
    memory.bodies.close();
    memory.answers.close();
  });
  return memory;
}

/** Where a raw answer has what is to be done when it is over. */
const endings = Symbol("endings");

/** Does something when an answer is over, sent or not; at once if it is. However many ask, the answer has one listener. */
export function whenOver(answer: RawMessage & { [endings]?: (() => void)[] }, work: () => void): void {
  if (isOver(answer)) {
    work();
    return;
  }
  const known = answer[endings];
  if (known) {
    known.push(work);
    return;
  }
  const works = [work];
  answer[endings] = works;
  answer.on("close", () => {
    for (const each of works.splice(0)) each();
  });
}

/** Calls back when a request is over: until then what is made of its body is held. */
export function untilAnswered({ rawAnswer }: FastifyRequest): (release: () => void) => void {
  return (release) => whenOver(rawAnswer, release);
}

function isOver(raw: RawMessage): boolean {
  return isHttp2(raw) ? (raw.stream?.destroyed ?? true) : raw.destroyed;
}

/** Counts the body of a request until its answer is over. `cut` ends a body that comes too slowly. */
export function openBody({ bodies }: Memory, answer: RawMessage, cut: () => void): BodyAccount {
  const account = bodies.open(connectionOf(answer), cut);
  whenOver(answer, account.close);
  return account;
}

/** Counts an answer until it is over; one that its client does not take is cut. */
export function openAnswer({ answers }: Memory, answer: RawMessage): AnswerAccount {
  const account = answers.open(connectionOf(answer), () => cut(answer));
  whenOver(answer, account.close);
  return account;
}

/** Ends a request or answer so that nobody takes what came of it for whole: its stream, or on HTTP/1 its connection. */
export function cut(raw: RawMessage): void {
  if (isHttp2(raw)) raw.stream?.close(constants.NGHTTP2_INTERNAL_ERROR);
  else if (raw.socket) raw.socket.resetAndDestroy();
}
