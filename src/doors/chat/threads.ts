import type { FastifyReply, FastifyRequest } from "fastify";
import { formatInstant, type Instant } from "../../model/base/instant.ts";
import { createUuid } from "../../model/base/uuid.ts";
import {
  type ChatPatch,
  type ChatThread,
  DEFAULT_PROJECT_TYPE,
} from "../../model/transcripts/chat-thread.ts";
import type { Message } from "../../model/transcripts/message.ts";
import type { DoorContext } from "../kit/door.ts";
import { sendText } from "../kit/http/stream-reply.ts";
import { readBody } from "./body.ts";
import { projectToKeep, readQuery, threadOf, threadToChange, writerOf } from "./request.ts";
import { projectQuery } from "./requests.ts";
import { threadJson } from "./thread-json.ts";

/** POST /api/chat/threads: creates a thread, with a first message of the user's if it is given one. Costs one durable write. */
export function createThread(context: DoorContext) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const { project_id } = readQuery(request, projectQuery);
    const { checked, documents } = await readBody(context, request, "create");
    const projectId = projectToKeep(request, context, project_id, checked.projectId);
    const now = context.now();
    const chat = await context.store.createChat({
      projectId,
      threadId: checked.threadId || createUuid(now),
      now,
      projectType: checked.projectType ?? DEFAULT_PROJECT_TYPE,
      title: checked.title || null,
      tags: checked.tags ?? [],
      documents,
      messages: checked.initialMessage ? [firstMessage(checked.initialMessage, now)] : [],
      by: writerOf(request),
    });
    return sendThread(reply, chat, projectId);
  };
}

/**
 * PATCH /api/chat/threads/{thread_id}: what is left out stays as it is, null takes away what is there: tags are then
 * empty, flags false. Costs one durable write.
 */
export function patchThread(context: DoorContext) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const key = threadToChange(request, context, readQuery(request, projectQuery).project_id);
    const { checked, documents } = await readBody(context, request, "patch");
    const { title, tags, isArchived, isPinned, isReadonly } = checked;
    const patch: ChatPatch = { ...key, by: writerOf(request), documents };
    if (title !== undefined) patch.title = title || null;
    if (tags !== undefined) patch.tags = tags ?? [];
    if (isArchived !== undefined) patch.isArchived = isArchived ?? false;
    if (isPinned !== undefined) patch.isPinned = isPinned ?? false;
    if (isReadonly !== undefined) patch.isReadonly = isReadonly ?? false;
    return sendThread(reply, await context.store.patchChat(patch), key.projectId);
  };
}

/** DELETE /api/chat/threads/{thread_id}: removes the thread with all it holds. Costs what it removes. */
export function deleteThread(context: DoorContext) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const key = threadOf(request, context, readQuery(request, projectQuery).project_id);
    const { messages } = await context.store.deleteThread(key);
    return reply.send({
      status: "success",
      message: "Thread deleted",
      threadId: key.threadId,
      deletedMessageCount: messages,
      deletedAt: formatInstant(key.now),
      permanentDelete: true,
    });
  };
}

function firstMessage(text: string, now: Instant): Message {
  return {
    messageId: createUuid(now),
    role: "user",
    createdAt: now,
    text,
    json: JSON.stringify({ role: "user", content: text }),
    agent: null,
    model: null,
    inputTokens: null,
    outputTokens: null,
    responseTimeMs: null,
  };
}

function sendThread(reply: FastifyReply, chat: ChatThread, projectId: string): FastifyReply {
  return sendText(reply, "application/json", threadJson(chat, projectId));
}
