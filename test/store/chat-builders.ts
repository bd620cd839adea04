import type { TurnQuery } from "../../src/model/threads/turn.ts";
import type { ChatDraft, ChatPatch, ChatQuery, ChatThread } from "../../src/model/transcripts/chat-thread.ts";
import type { Message, MessageAppend, MessageQuery } from "../../src/model/transcripts/message.ts";
import type { ChatBatch, ChatReader, MessageBatch } from "../../src/store/roles/chats.ts";
import type { TurnBatch, TurnReader } from "../../src/store/roles/spans.ts";
import { NOW, PROJECT } from "./builders.ts";
import { key } from "./record-builders.ts";

/** A user's message, but for what the test says. */
export function message(given: Partial<Message> = {}): Message {
  const { role = "user", text = "hello" } = given;
  return {
    messageId: "m1",
    role,
    createdAt: NOW,
    text,
    json: JSON.stringify({ role, content: text }),
    agent: null,
    model: null,
    inputTokens: null,
    outputTokens: null,
    responseTimeMs: null,
    ...given,
  };
}

/** A chat without title, tags and messages, but for what the test says. */
export function chatDraft(given: Partial<ChatDraft> = {}): ChatDraft {
  return {
    ...key(),
    projectType: "general",
    title: null,
    tags: [],
    documents: "{}",
    messages: [],
    by: null,
    ...given,
  };
}

/** A patch of the builders' thread. */
export function chatPatch(given: Partial<ChatPatch> = {}): ChatPatch {
  return { ...key(), by: null, ...given };
}

/** These messages for the builders' thread. */
export function append(messages: Message[], given: Partial<MessageAppend> = {}): MessageAppend {
  return { ...key(), messages, by: null, ...given };
}

/** Asks for all chats of the project, but for what the test says. */
export function chatQuery(given: Partial<ChatQuery> = {}): ChatQuery {
  return {
    projectId: PROJECT,
    projectType: "general",
    now: NOW,
    archived: null,
    pinned: null,
    tags: [],
    title: null,
    limit: 1_000,
    after: null,
    ...given,
  };
}

/** Asks for the whole transcript of the builders' thread, but for what the test says. */
export function messageQuery(given: Partial<MessageQuery> = {}): MessageQuery {
  return { ...key(), limit: 1_000, offset: 0, from: "oldest", cursor: null, ...given };
}

/** The whole answer to a list of chats, put together from its batches. */
export async function readChats(store: ChatReader, query: ChatQuery): Promise<ChatBatch> {
  const batches = await Array.fromAsync(store.listChats(query));
  return { ...batches[0]!, chats: batches.flatMap(({ chats }): ChatThread[] => chats) };
}

/** The whole stretch that a query asks for, put together from its batches. */
export async function readMessages(store: ChatReader, query: MessageQuery): Promise<MessageBatch> {
  const batches = await Array.fromAsync(store.listMessages(query));
  return { ...batches[0]!, messages: batches.flatMap(({ messages }) => messages) };
}

/** Asks for all turns of the builders' thread, but for what the test says. */
export function turnQuery(given: Partial<TurnQuery> = {}): TurnQuery {
  return { ...key(), limit: 1_000, from: "oldest", cursor: null, ...given };
}

/** All the turns that a query asks for. */
export async function readTurns(store: TurnReader, query: TurnQuery): Promise<TurnBatch> {
  const batches = await Array.fromAsync(store.listTurns(query));
  return { ...batches[0]!, turns: batches.flatMap(({ turns }) => turns) };
}

/** The ids of the messages in a stretch. */
export async function readMessageIds(store: ChatReader, query: MessageQuery): Promise<string[]> {
  return (await readMessages(store, query)).messages.map(({ messageId }) => messageId);
}
