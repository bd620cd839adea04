import { create } from "@bufbuild/protobuf";
import type { HandlerContext } from "@connectrpc/connect";
import { z } from "zod";
import {
  ChatTotalsSchema,
  type CreateChatThreadRequest,
  type CreateChatThreadResponse,
  CreateChatThreadResponseSchema,
  type GetChatThreadRequest,
  type GetChatThreadResponse,
  GetChatThreadResponseSchema,
  type ListChatThreadsRequest,
  type ListChatThreadsResponse,
  ListChatThreadsResponseSchema,
  type UpdateChatThreadRequest,
  type UpdateChatThreadResponse,
  UpdateChatThreadResponseSchema,
} from "../../../gen/skein/v1/chat_pb.ts";
import { InvalidRequestError, TooLargeError } from "../../model/base/errors.ts";
import { createUuid } from "../../model/base/uuid.ts";
import {
  type ChatCursor,
  type ChatPatch,
  type ChatThread,
  chatCursor,
  DEFAULT_PROJECT_TYPE,
  MAX_PROJECT_TYPE_LENGTH,
  MAX_QUERIED_TAGS,
  PROJECT_TYPE,
} from "../../model/transcripts/chat-thread.ts";
import { threadNotFound } from "../../store/errors.ts";
import type { DoorContext } from "../kit/door.ts";
import { countAnswer, readOptions } from "../kit/rpc/call-answer.ts";
import { pageTooLarge } from "../kit/rpc/message-size.ts";
import { createPageTokens } from "../kit/rpc/page-token.ts";
import { bareChatBytes, chatBytes, readMessages, toBareChat, toChat } from "./chat-messages.ts";
import { readDocuments, readKey, readPageSize, readProject, readWriter } from "./fields.ts";

const cursor = z.object({ activeAt: z.number(), threadId: z.string() });

/**
 * CreateChatThread: creates a chat, with its first messages if it is given any.
 *
 * Costs one durable write.
 */
export function createChatThread(context: DoorContext) {
  return async (
    request: CreateChatThreadRequest,
    handler: HandlerContext,
  ): Promise<CreateChatThreadResponse> => {
    const now = context.now();
    const chat = await context.store.createChat({
      projectId: readProject(request.projectId, handler, context),
      threadId: request.threadId || createUuid(now),
      now,
      projectType: readProjectType(request.projectType),
      title: request.title || null,
      tags: request.tags,
      documents: await readChatDocuments(context, request.documentsJson),
      messages: await readMessages(context, request.messages, 0, now),
      by: readWriter(handler),
    });
    return create(CreateChatThreadResponseSchema, { thread: toBareChat(chat) });
  };
}

/**
 * GetChatThread: one thread as a chat.
 *
 * Costs a look-up, and the feedback on the conversation.
 */
export function getChatThread(context: DoorContext) {
  return async (request: GetChatThreadRequest, handler: HandlerContext): Promise<GetChatThreadResponse> => {
    const chat = await context.store.getChat(readKey(request, handler, context));
    if (!chat) throw threadNotFound(request.threadId);
    countAnswer(handler, context.limits.rpcBytes, (limit) => {
      const otherWay = "ListChatThreads returns it without its documents";
      return new TooLargeError(`the chat is over the limit of ${limit} bytes: ${otherWay}`);
    })(chatBytes(chat));
    return create(GetChatThreadResponseSchema, { thread: toChat(chat) });
  };
}

/**
 * UpdateChatThread: changes what people see of a thread.
 *
 * Costs one durable write.
 */
export function updateChatThread(context: DoorContext) {
  return async (
    request: UpdateChatThreadRequest,
    handler: HandlerContext,
  ): Promise<UpdateChatThreadResponse> => {
    const { title, tags, archived, pinned, readOnly, documentsJson } = request;
    const patch: ChatPatch = {
      ...readKey(request, handler, context),
      by: readWriter(handler),
      documents: await readChatDocuments(context, documentsJson),
      ...(title !== undefined && { title: title || null }),
      ...(tags && { tags: tags.tags }),
      ...(archived !== undefined && { isArchived: archived }),
      ...(pinned !== undefined && { isPinned: pinned }),
      ...(readOnly !== undefined && { isReadonly: readOnly }),
    };
    return create(UpdateChatThreadResponseSchema, {
      thread: toBareChat(await context.store.patchChat(patch)),
    });
  };
}

/**
 * ListChatThreads: a page of chats, the latest first.
 *
 * Costs what `listChats` costs; in memory the answer, of which no more is read than the message limit lets through.
 */
export function listChatThreads(context: DoorContext) {
  return async (
    request: ListChatThreadsRequest,
    handler: HandlerContext,
  ): Promise<ListChatThreadsResponse> => {
    if (request.tags.length > MAX_QUERIED_TAGS) {
      const message = `are ${request.tags.length}, at most ${MAX_QUERIED_TAGS} are allowed`;
      throw new InvalidRequestError([{ path: ["tags"], message }]);
    }
    const conditions = {
      projectId: readProject(request.projectId, handler, context),
      projectType: readProjectType(request.projectType),
      archived: request.archived ?? null,
      pinned: request.pinned ?? null,
      tags: request.tags,
      title: request.title || null,
    };
    const tokens = createPageTokens<ChatCursor>(
      [conditions],
      (place) => cursor.safeParse(place).data ?? null,
    );
    const page = context.store.listChats(
      {
        ...conditions,
        now: context.now(),
        limit: readPageSize(request.limit),
        after: request.pageToken ? tokens.read(request.pageToken) : null,
      },
      readOptions(handler),
    );
    const response = create(ListChatThreadsResponseSchema);
    let last: ChatThread | undefined;
    const count = countAnswer(handler, context.limits.rpcBytes, (limit) =>
      pageTooLarge(limit, ", or leave the documents out"),
    );
    for await (const { chats, totals, hasMore } of page) {
      for (const chat of chats) {
        count(request.includeDocuments ? chatBytes(chat) : bareChatBytes(chat));
        response.threads.push(request.includeDocuments ? toChat(chat) : toBareChat(chat));
      }
      last = chats.at(-1) ?? last;
      response.nextPageToken = hasMore && last ? tokens.after(chatCursor(last)) : "";
      response.totals ??= create(ChatTotalsSchema, {
        threads: BigInt(totals.threads),
        archived: BigInt(totals.archived),
        messages: BigInt(totals.messages),
        ...(totals.tokens !== null && { tokens: BigInt(totals.tokens) }),
      });
    }
    return response;
  };
}

function readProjectType(given: string): string {
  if (given === "") return DEFAULT_PROJECT_TYPE;
  if (given.length <= MAX_PROJECT_TYPE_LENGTH && PROJECT_TYPE.test(given)) return given;
  const message = `must be at most ${MAX_PROJECT_TYPE_LENGTH} letters, digits, _ and -`;
  throw new InvalidRequestError([{ path: ["project_type"], message }]);
}

async function readChatDocuments(context: DoorContext, text: string): Promise<string> {
  const [documents] = await readDocuments(context, [{ kind: "chat", text, path: ["documents_json"] }]);
  return documents ?? "{}";
}
