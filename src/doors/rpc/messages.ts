import { create } from "@bufbuild/protobuf";
import type { HandlerContext } from "@connectrpc/connect";
import {
  type AppendMessagesRequest,
  type AppendMessagesResponse,
  AppendMessagesResponseSchema,
  type ListMessagesRequest,
  type ListMessagesResponse,
  ListMessagesResponseSchema,
} from "../../../gen/skein/v1/chat_pb.ts";
import type { MessagePlace, MessageQuery } from "../../model/transcripts/message.ts";
import type { DoorContext } from "../kit/door.ts";
import { countAnswer, readOptions } from "../kit/rpc/call-answer.ts";
import { pageTooLarge } from "../kit/rpc/message-size.ts";
import { createPageTokens } from "../kit/rpc/page-token.ts";
import { readMessages, sizeOfMessage, toBareChat, toMessage } from "./chat-messages.ts";
import { readEnum, readKey, readPageSize, readWriter } from "./fields.ts";
import { ENDS, readPlace } from "./transcript-places.ts";

/**
 * AppendMessages: adds messages to the end of a transcript.
 *
 * Costs one durable write.
 */
export function appendMessages(context: DoorContext) {
  return async (request: AppendMessagesRequest, handler: HandlerContext): Promise<AppendMessagesResponse> => {
    const key = readKey(request, handler, context);
    const messages = await readMessages(context, request.messages, 1, key.now);
    const chat = await context.store.appendMessages({ ...key, messages, by: readWriter(handler) });
    return create(AppendMessagesResponseSchema, {
      thread: toBareChat(chat),
      messageIds: messages.map(({ messageId }) => messageId),
    });
  };
}

/**
 * ListMessages: a stretch of a transcript.
 *
 * Costs what `listMessages` costs; in memory the answer, of which no more is read than the message limit lets through.
 */
export function listMessages(context: DoorContext) {
  return async (request: ListMessagesRequest, handler: HandlerContext): Promise<ListMessagesResponse> => {
    const key = readKey(request, handler, context);
    const from = readEnum(ENDS, request.from, ["from"]);
    const tokens = createPageTokens<MessagePlace>(["messages", key.projectId, key.threadId, from], readPlace);
    const query: MessageQuery = {
      ...key,
      from,
      limit: readPageSize(request.limit),
      offset: request.offset,
      cursor: request.pageToken ? tokens.read(request.pageToken) : null,
    };
    const response = create(ListMessagesResponseSchema);
    let furthest: MessagePlace | undefined;
    const count = countAnswer(handler, context.limits.rpcBytes, pageTooLarge);
    for await (const batch of context.store.listMessages(query, readOptions(handler))) {
      for (const message of batch.messages) {
        count(sizeOfMessage(message));
        response.messages.push(toMessage(message));
        furthest = from === "oldest" ? message.place : (furthest ?? message.place);
      }
      response.total = BigInt(batch.total);
      response.nextPageToken = batch.hasMore && furthest ? tokens.after(furthest) : "";
    }
    return response;
  };
}
