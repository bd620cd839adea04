import type { FastifyReply, FastifyRequest } from "fastify";
import { createUuid } from "../../model/base/uuid.ts";
import type { ThreadDraft } from "../../model/threads/thread-record.ts";
import { NotFoundError, threadNotFound } from "../../store/errors.ts";
import type { WholeRecord } from "../../store/roles/records.ts";
import type { DoorContext } from "../kit/door.ts";
import { httpError } from "../kit/http/http-error.ts";
import { sendText } from "../kit/http/stream-reply.ts";
import { readBody } from "./body.ts";
import { includesTtl, projectOf, projectToKeep, threadOf, threadToChange, wantsNoBody } from "./request.ts";
import { stateChange } from "./state-change.ts";
import { printThread, type ThreadView, WHOLE_THREAD } from "./thread-json.ts";

/** POST /threads: creates a thread, with the states it begins with if there are any. Costs one durable write. */
export function createThread(context: DoorContext) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const body = await readBody(context, request, "create");
    const view = viewOf(request);
    const now = context.now();
    const draft: ThreadDraft = {
      projectId: projectToKeep(request, context),
      threadId: body.thread_id ?? createUuid(now),
      metadata: body.metadata ?? "{}",
      ttl: body.ttl ?? null,
      states: body.supersteps.map(({ updates, asNode }) => stateChange(updates, asNode, now)),
      ifExists: body.if_exists,
      now,
    };
    const { thread } = await context.store.createThread(draft);
    return sendThread(reply, thread, view);
  };
}

/** GET /threads/{thread_id}. Costs a look-up and the thread's documents. */
export function getThread(context: DoorContext) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const key = threadOf(request, context);
    const view = viewOf(request);
    const thread = await context.store.getThread(key);
    if (thread === null) throw threadNotFound(key.threadId);
    return sendThread(reply, thread, view);
  };
}

/** PATCH /threads/{thread_id}: merges metadata into the thread's, and replaces its TTL. Costs one durable write. */
export function patchThread(context: DoorContext) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const key = threadToChange(request, context);
    const { metadata, ttl } = await readBody(context, request, "patch");
    const view = viewOf(request);
    const thread = await context.store.patchThread({
      ...key,
      metadata: metadata ?? null,
      ttl: ttl ?? null,
      status: null,
    });
    return wantsNoBody(request) ? reply.code(204).send() : sendThread(reply, thread, view);
  };
}

/** DELETE /threads/{thread_id}: removes the thread with all it holds. Costs what it removes. */
export function deleteThread(context: DoorContext) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    await context.store.deleteThread(threadOf(request, context));
    return reply.code(204).send();
  };
}

/** POST /threads/{thread_id}/copy: a new thread with the metadata, state and history of this one. Costs what it copies. */
export function copyThread(context: DoorContext) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const key = threadToChange(request, context);
    const view = viewOf(request);
    const copy = await context.store.copyThread(key, createUuid(key.now)).catch((error: unknown) => {
      throw error instanceof NotFoundError ? httpError(409, error.message) : error;
    });
    return sendThread(reply, copy, view);
  };
}

/** POST /threads/prune: removes threads, or their history before the latest state. Costs what it removes. */
export function pruneThreads(context: DoorContext) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const { thread_ids, strategy } = await readBody(context, request, "prune");
    const prune = {
      projectId: projectOf(request, context),
      threadIds: thread_ids,
      strategy,
      now: context.now(),
    };
    return reply.send({ pruned_count: await context.store.pruneThreads(prune) });
  };
}

/** How the answer is to print its thread; known before anything is done, since a wrong query must do nothing. */
function viewOf(request: FastifyRequest): ThreadView {
  return { ...WHOLE_THREAD, withTtl: includesTtl(request) };
}

function sendThread(reply: FastifyReply, thread: WholeRecord, view: ThreadView): FastifyReply {
  return sendText(reply, "application/json", printThread(thread, view));
}
