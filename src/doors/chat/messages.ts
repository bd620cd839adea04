import type { FastifyReply, FastifyRequest } from "fastify";
import { formatInstant } from "../../model/base/instant.ts";
import { createUuid } from "../../model/base/uuid.ts";
import { type Message, type MessageQuery, messageRole } from "../../model/transcripts/message.ts";
import type { DoorContext } from "../kit/door.ts";
import { sendPieces, sendText } from "../kit/http/stream-reply.ts";
import { readBody } from "./body.ts";
import { listingPieces } from "./pieces.ts";
import { readQuery, threadOf, threadToChange, writerOf } from "./request.ts";
import { messagesQuery, projectQuery } from "./requests.ts";
import { threadJson } from "./thread-json.ts";

/**
 * GET /api/chat/threads/{thread_id}/messages: a page of the thread's transcript, counted back from the newest message, in
 * the order of the transcript.
 *
 * Costs what `listMessages` costs, and in memory two batches of messages, however slowly the client reads.
 */
export function listMessages(context: DoorContext) {
  return (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const { project_id, limit, offset } = readQuery(request, messagesQuery);
    const key = threadOf(request, context, project_id);
    const query: MessageQuery = { ...key, limit, offset, from: "newest", cursor: null };
    const threadId = JSON.stringify(key.threadId);
    return sendPieces(reply, "application/json", (read) =>
      listingPieces(context.store.listMessages(query, read), {
        head: `{"status":"success","threadId":${threadId},"messages":[`,
        elements: ({ messages }) => messages.map((message) => messageJson(message, key.threadId)),
        tail: ({ total }) => {
          return () => `],"count":${Math.max(0, Math.min(limit, total - offset))}}`;
        },
      }),
    );
  };
}

/**
 * POST /api/chat/threads/{thread_id}/messages: adds messages to the end of the transcript; one whose id the thread has
 * already is passed over. Costs one durable write.
 */
export function appendMessages(context: DoorContext) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const key = threadToChange(request, context, readQuery(request, projectQuery).project_id);
    const { checked, messages: asWritten } = await readBody(context, request, "append");
    const messages = checked.messages.map((given, index): Message => {
      const { messageId, role, content, timestamp, agentUsed, modelUsed, ...numbers } = given;
      return {
        ...numbers,
        messageId: messageId || createUuid(key.now),
        role: messageRole(role),
        createdAt: timestamp ?? key.now,
        text: content,
        json: asWritten[index]!,
        agent: agentUsed || null,
        model: modelUsed || null,
      };
    });
    const chat = await context.store.appendMessages({ ...key, messages, by: writerOf(request) });
    const messageIds = JSON.stringify(messages.map(({ messageId }) => messageId));
    const thread = threadJson(chat, key.projectId);
    return sendText(reply, "application/json", [`{"thread":`, thread, `,"messageIds":${messageIds}}`]);
  };
}

function messageJson(message: Message, threadId: string): string {
  const { messageId, role, text, createdAt, agent, model, inputTokens, outputTokens, responseTimeMs } =
    message;
  return JSON.stringify({
    messageId,
    threadId,
    role,
    content: text,
    timestamp: formatInstant(createdAt),
    agentUsed: agent,
    modelUsed: model,
    inputTokens,
    outputTokens,
    responseTimeMs,
  });
}
