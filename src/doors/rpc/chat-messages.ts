import { create } from "@bufbuild/protobuf";
import {
  type ChatThread as ChatMessage,
  ChatThreadSchema,
  type Message as MessageMessage,
  MessageSchema,
} from "../../../gen/skein/v1/chat_pb.ts";
import { type FaultPath, InvalidRequestError } from "../../model/base/errors.ts";
import type { Instant } from "../../model/base/instant.ts";
import { createUuid } from "../../model/base/uuid.ts";
import type { ChatThread } from "../../model/transcripts/chat-thread.ts";
import { MAX_APPENDED_MESSAGES, type Message, messageRole } from "../../model/transcripts/message.ts";
import type { DoorContext } from "../kit/door.ts";
import { messageBytes } from "../kit/rpc/message-size.ts";
import { readTimestamp, toTimestamp } from "../kit/rpc/timestamps.ts";
import { decodeMessages, type MessageDocument } from "./decode-messages.ts";

/** What the numbers, flags and times of a chat, and those of a message, take at most. */
const CHAT_NUMBER_BYTES = 160;
const MESSAGE_NUMBER_BYTES = 64;

/** A chat as it is sent with its documents. */
export function toChat(chat: ChatThread): ChatMessage {
  return Object.assign(toBareChat(chat), { documentsJson: chat.documents });
}

/** A chat as it is sent without its documents. */
export function toBareChat(chat: ChatThread): ChatMessage {
  const { totalTokens, averageResponseTimeMs, lastMessageAt, qualityScore, relevanceScore } = chat;
  return create(ChatThreadSchema, {
    threadId: chat.threadId,
    projectType: chat.projectType,
    title: chat.title ?? "",
    createdAt: toTimestamp(chat.createdAt),
    modifiedAt: toTimestamp(chat.modifiedAt),
    messageCount: BigInt(chat.messageCount),
    userMessageCount: BigInt(chat.userMessageCount),
    assistantMessageCount: BigInt(chat.assistantMessageCount),
    ...(totalTokens !== null && { totalTokens: BigInt(totalTokens) }),
    ...(averageResponseTimeMs !== null && { averageResponseTimeMs }),
    ...(lastMessageAt !== null && { lastMessageAt: toTimestamp(lastMessageAt) }),
    lastMessagePreview: chat.lastMessagePreview ?? "",
    participants: chat.participants,
    agent: chat.agentUsed ?? "",
    model: chat.modelUsed ?? "",
    tags: chat.tags,
    archived: chat.isArchived,
    pinned: chat.isPinned,
    readOnly: chat.isReadonly,
    createdBy: chat.createdBy ?? "",
    modifiedBy: chat.modifiedBy ?? "",
    revision: BigInt(chat.revision),
    ...(qualityScore !== null && { qualityScore }),
    ...(relevanceScore !== null && { relevanceScore }),
  });
}

/** An upper bound of the encoded size of a chat with its documents. */
export function chatBytes(chat: ChatThread): number {
  return bareChatBytes(chat) + messageBytes(0, chat.documents);
}

/** An upper bound of the encoded size of a chat without its documents. */
export function bareChatBytes(chat: ChatThread): number {
  const { threadId, projectType, title, lastMessagePreview, participants, agentUsed, modelUsed } = chat;
  const shown = [title, lastMessagePreview, agentUsed, modelUsed, chat.createdBy, chat.modifiedBy];
  return messageBytes(
    CHAT_NUMBER_BYTES,
    threadId,
    projectType,
    ...shown.map((text) => text ?? ""),
    ...participants,
    ...chat.tags,
  );
}

/** A message as it is sent. */
export function toMessage(message: Message): MessageMessage {
  const { inputTokens, outputTokens, responseTimeMs } = message;
  return create(MessageSchema, {
    messageId: message.messageId,
    role: message.role,
    text: message.text,
    messageJson: message.json,
    createdAt: toTimestamp(message.createdAt),
    agent: message.agent ?? "",
    model: message.model ?? "",
    ...(inputTokens !== null && { inputTokens: BigInt(inputTokens) }),
    ...(outputTokens !== null && { outputTokens: BigInt(outputTokens) }),
    ...(responseTimeMs !== null && { responseTimeMs }),
  });
}

/** An upper bound of the encoded size of a message. */
export function sizeOfMessage({ messageId, role, text, json, agent, model }: Message): number {
  return messageBytes(MESSAGE_NUMBER_BYTES, messageId, role, text, json, agent ?? "", model ?? "");
}

/**
 * The messages a request gives, at least `atLeast`.
 *
 * @throws InvalidRequestError when they are too few or too many, or one of them is wrong
 */
export async function readMessages(
  { decoding }: DoorContext,
  messages: MessageMessage[],
  atLeast: number,
  now: Instant,
): Promise<Message[]> {
  const { length } = messages;
  if (length < atLeast || length > MAX_APPENDED_MESSAGES) {
    const message = `are ${length}, from ${atLeast} to ${MAX_APPENDED_MESSAGES} are allowed`;
    throw new InvalidRequestError([{ path: ["messages"], message }]);
  }
  const documents = messages.map(({ text, messageJson }, index): MessageDocument => {
    return { json: messageJson, saysText: text !== "", path: ["messages", index, "message_json"] };
  });
  const size = documents.reduce((sum, { json }) => sum + json.length, 0);
  const found = await decoding.run(decoder, { documents }, size);
  return messages.map((message, index) => readMessage(message, found[index]!, ["messages", index], now));
}

const decoder = { module: new URL("./decode-messages.ts", import.meta.url).href, decode: decodeMessages };

/** @param found the text in the message's document, where it says none beside it */
function readMessage(given: MessageMessage, found: string, path: FaultPath, now: Instant): Message {
  if (given.role === "") throw new InvalidRequestError([{ path: [...path, "role"], message: "is required" }]);
  const role = messageRole(given.role);
  return {
    messageId: given.messageId || createUuid(now),
    role,
    createdAt: readTimestamp(given.createdAt, [...path, "created_at"]) ?? now,
    text: given.text || found,
    json: given.messageJson || JSON.stringify({ role, content: given.text }),
    agent: given.agent || null,
    model: given.model || null,
    inputTokens: readTokens(given.inputTokens, [...path, "input_tokens"]),
    outputTokens: readTokens(given.outputTokens, [...path, "output_tokens"]),
    responseTimeMs: readResponseTime(given.responseTimeMs, [...path, "response_time_ms"]),
  };
}

function readTokens(tokens: bigint | undefined, path: FaultPath): number | null {
  if (tokens === undefined) return null;
  if (tokens <= Number.MAX_SAFE_INTEGER) return Number(tokens);
  throw new InvalidRequestError([{ path, message: `must be at most ${Number.MAX_SAFE_INTEGER}` }]);
}

function readResponseTime(milliseconds: number | undefined, path: FaultPath): number | null {
  if (milliseconds === undefined) return null;
  if (Number.isFinite(milliseconds) && milliseconds >= 0) return milliseconds;
  throw new InvalidRequestError([{ path, message: "must be a number of at least 0" }]);
}
