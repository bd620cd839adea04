import { create } from "@bufbuild/protobuf";
import type { HandlerContext } from "@connectrpc/connect";
import {
  type CopyThreadRequest,
  type CopyThreadResponse,
  CopyThreadResponseSchema,
  type CreateThreadRequest,
  type CreateThreadResponse,
  CreateThreadResponseSchema,
  type DeleteThreadRequest,
  type DeleteThreadResponse,
  DeleteThreadResponseSchema,
  type GetThreadRequest,
  type GetThreadResponse,
  GetThreadResponseSchema,
  IfExists,
  type PruneThreadsRequest,
  type PruneThreadsResponse,
  PruneThreadsResponseSchema,
  type UpdateThreadRequest,
  type UpdateThreadResponse,
  UpdateThreadResponseSchema,
} from "../../../gen/skein/v1/thread_record_pb.ts";
import { InvalidRequestError, TooLargeError } from "../../model/base/errors.ts";
import { createUuid } from "../../model/base/uuid.ts";
import { MAX_PRUNED_THREADS, type ThreadDraft } from "../../model/threads/thread-record.ts";
import { threadNotFound } from "../../store/errors.ts";
import type { DoorContext } from "../kit/door.ts";
import { countAnswer } from "../kit/rpc/call-answer.ts";
import { readDocuments, readEnum, readKey, readProject } from "./fields.ts";
import { documentsOf, readChange } from "./state-messages.ts";
import { readStatus, readStrategy, readTtl, threadBytes, toBareThread, toThread } from "./thread-messages.ts";

const IF_EXISTS: Record<IfExists, ThreadDraft["ifExists"]> = {
  [IfExists.UNSPECIFIED]: "raise",
  [IfExists.RAISE]: "raise",
  [IfExists.DO_NOTHING]: "do_nothing",
};

/**
 * CreateThread: creates a thread, with a first history if it is given one.
 *
 * Costs one durable write.
 */
export function createThread(context: DoorContext) {
  return async (request: CreateThreadRequest, handler: HandlerContext): Promise<CreateThreadResponse> => {
    const now = context.now();
    const states = request.states.map((change, index) => readChange(change, ["states", index], now));
    const [metadata] = await readDocuments(context, [
      { kind: "object", text: request.metadataJson, path: ["metadata_json"] },
      ...request.states.flatMap((change, index) => documentsOf(change, ["states", index])),
    ]);
    const { thread, created } = await context.store.createThread({
      projectId: readProject(request.projectId, handler, context),
      threadId: request.threadId || createUuid(now),
      metadata: metadata ?? "{}",
      ttl: readTtl(request.ttl),
      states,
      ifExists: readEnum(IF_EXISTS, request.ifExists, ["if_exists"]),
      now,
    });
    return create(CreateThreadResponseSchema, { thread: toBareThread(thread), created });
  };
}

/**
 * GetThread: one thread with all its documents.
 *
 * Costs a look-up and the documents.
 */
export function getThread(context: DoorContext) {
  return async (request: GetThreadRequest, handler: HandlerContext): Promise<GetThreadResponse> => {
    const record = await context.store.getThread(readKey(request, handler, context));
    if (!record) throw threadNotFound(request.threadId);
    countAnswer(handler, context.limits.rpcBytes, (limit) => {
      return new TooLargeError(`the thread is over the limit of ${limit} bytes: call Search and select less`);
    })(threadBytes(record));
    return create(GetThreadResponseSchema, { thread: toThread(record) });
  };
}

/**
 * UpdateThread: changes a thread's metadata, time to live or status.
 *
 * Costs one durable write.
 */
export function updateThread(context: DoorContext) {
  return async (request: UpdateThreadRequest, handler: HandlerContext): Promise<UpdateThreadResponse> => {
    const key = readKey(request, handler, context);
    const [metadata = null] = await readDocuments(context, [
      { kind: "object", text: request.metadataJson, path: ["metadata_json"] },
    ]);
    const thread = await context.store.patchThread({
      ...key,
      metadata,
      ttl: readTtl(request.ttl),
      status: readStatus(request.status, ["status"]),
    });
    return create(UpdateThreadResponseSchema, { thread: toBareThread(thread) });
  };
}

/**
 * DeleteThread: removes a thread with all it holds.
 *
 * Costs a durable write of what it held.
 */
export function deleteThread(context: DoorContext) {
  return async (request: DeleteThreadRequest, handler: HandlerContext): Promise<DeleteThreadResponse> => {
    const { messages } = await context.store.deleteThread(readKey(request, handler, context));
    return create(DeleteThreadResponseSchema, { deletedMessages: BigInt(messages) });
  };
}

/**
 * CopyThread: a new thread with the metadata, state and history of another.
 *
 * Costs a durable write of what it copies.
 */
export function copyThread(context: DoorContext) {
  return async (request: CopyThreadRequest, handler: HandlerContext): Promise<CopyThreadResponse> => {
    const key = readKey(request, handler, context);
    const thread = await context.store.copyThread(key, request.copyId || createUuid(key.now));
    return create(CopyThreadResponseSchema, { thread: toBareThread(thread) });
  };
}

/**
 * PruneThreads: removes threads or their history.
 *
 * Costs a durable write for each thread.
 */
export function pruneThreads(context: DoorContext) {
  return async (request: PruneThreadsRequest, handler: HandlerContext): Promise<PruneThreadsResponse> => {
    const { length } = request.threadIds;
    if (length > MAX_PRUNED_THREADS) {
      const message = `are ${length}, at most ${MAX_PRUNED_THREADS} are allowed`;
      throw new InvalidRequestError([{ path: ["thread_ids"], message }]);
    }
    const pruned = await context.store.pruneThreads({
      projectId: readProject(request.projectId, handler, context),
      threadIds: request.threadIds,
      strategy: readStrategy(request.strategy, ["strategy"]),
      now: context.now(),
    });
    return create(PruneThreadsResponseSchema, { prunedCount: BigInt(pruned) });
  };
}
