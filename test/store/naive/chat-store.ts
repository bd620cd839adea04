import { type ChatQuery, type ChatThread, chatCursor } from "../../../src/model/chat-thread.ts";
import { parseJsonObject } from "../../../src/model/json/parse.ts";
import { printJson } from "../../../src/model/json/print.ts";
import type { Message, MessageQuery } from "../../../src/model/message.ts";
import { previewOf, titleFrom } from "../../../src/model/message-text.ts";
import { mergeObjects } from "../../../src/model/state-update.ts";
import type { ThreadKeyAt } from "../../../src/model/thread-record.ts";
import { NotFoundError, ReadOnlyThreadError } from "../../../src/store/errors.ts";
import type { ChatReader, ChatWriter, RecordReader, RecordWriter } from "../../../src/store/store.ts";
import { search } from "../record-builders.ts";
import { compareText } from "./order.ts";
import { threadsOf } from "./project.ts";
import type { NaiveData } from "./record-store.ts";
import { type NaiveChat, type NaiveRecord, newRecord } from "./records.ts";
import { summarize } from "./threads.ts";
import { transcriptOf } from "./transcripts.ts";

/** Threads as chats, worked out anew for each answer from the records. */
export function createNaiveChats(
  data: NaiveData,
  records: RecordWriter & RecordReader,
): ChatWriter & ChatReader {
  function recordOf({ projectId, threadId }: Omit<ThreadKeyAt, "now">): NaiveRecord {
    const record = data.records.find((each) => each.projectId === projectId && each.threadId === threadId);
    return record ?? newRecord(projectId, threadId, 0);
  }

  async function mustBeThere(key: ThreadKeyAt): Promise<void> {
    if (!(await records.getThread(key))) throw new NotFoundError(`Thread with ID ${key.threadId} not found`);
  }

  /** Counts a change, and answers with the chat to make it in. */
  async function changed(key: ThreadKeyAt, by: string | null): Promise<NaiveChat> {
    const { projectId, threadId, now } = key;
    await records.patchThread({ projectId, threadId, now, metadata: null, ttl: null, status: null });
    const chat = recordOf(key).chat;
    chat.revision += 1;
    chat.modifiedBy = by;
    return chat;
  }

  async function shown(key: ThreadKeyAt): Promise<ChatThread> {
    const { createdAt, updatedAt } = (await records.getThread(key))!;
    const { title, messages: _, ...given } = recordOf(key).chat;
    const { messages } = transcriptOf(recordOf(key));
    const { projectId, threadId } = key;
    const ofRole = (role: string) => messages.filter((message) => message.role === role);
    const [users, assistants] = [ofRole("user"), ofRole("assistant")];
    const lastWith = (field: "agent" | "model") =>
      assistants.findLast((each) => each[field] !== null)?.[field];
    const ratings = data.feedback
      .filter(
        ({ target, ...of }) =>
          of.projectId === projectId && target.kind === "conversation" && target.id === threadId,
      )
      .toSorted((a, b) => a.createdAt - b.createdAt || compareText(a.id, b.id))
      .flatMap((feedback) => feedback.ratings);
    const mean = (name: string) =>
      meanOf(ratings.flatMap((each) => (each.name === name ? [each.value] : [])));
    const names = messages.flatMap(({ role, agent }) =>
      role === "user" ? ["user"] : role === "assistant" ? [agent ?? "assistant"] : [],
    );
    return {
      ...given,
      threadId,
      title: title ?? users.map(({ text }) => titleFrom(text)).find((found) => found !== null) ?? null,
      createdAt,
      modifiedAt: updatedAt,
      messageCount: messages.length,
      userMessageCount: users.length,
      assistantMessageCount: assistants.length,
      totalTokens: tokensOf(messages) ?? spanTokens(key),
      averageResponseTimeMs: meanOf(assistants.flatMap(({ responseTimeMs }) => responseTimeMs ?? [])),
      lastMessageAt: messages.at(-1)?.createdAt ?? null,
      lastMessagePreview: messages.length > 0 ? previewOf(messages.at(-1)!.text) : null,
      participants: [...new Set(names)],
      agentUsed: lastWith("agent") ?? null,
      modelUsed: lastWith("model") ?? null,
      qualityScore: mean("qualityScore"),
      relevanceScore: mean("relevanceScore"),
    };
  }

  function spanTokens({ projectId, threadId }: ThreadKeyAt): number | null {
    const thread = threadsOf(projectId, data.versions).get(threadId);
    if (!thread) return null;
    const counted = { ...thread, turns: [{ id: "", startedAt: 0, endedAt: 0 }] };
    const { inputTokens, outputTokens } = summarize(counted);
    return inputTokens + outputTokens || null;
  }

  async function all({ projectId, projectType, now }: ChatQuery): Promise<ChatThread[]> {
    const [batch] = await Array.fromAsync(records.searchThreads(search({ projectId, now })));
    const chats = await Promise.all(
      batch!.threads.map(({ threadId }) => shown({ projectId, threadId, now })),
    );
    return chats.filter((chat) => chat.projectType === projectType);
  }

  return {
    async createChat({ messages, by, title, tags, documents, projectType, ...key }) {
      parseJsonObject(documents, []);
      await records.createThread({ ...key, metadata: "{}", ttl: null, states: [], ifExists: "raise" });
      const chat = recordOf(key).chat;
      Object.assign(chat, { title, tags, documents, projectType, createdBy: by, modifiedBy: by });
      append(chat, messages);
      return shown(key);
    },

    async patchChat({ by, documents, projectId, threadId, now, ...given }) {
      const key = { projectId, threadId, now };
      await mustBeThere(key);
      const patch = documents === undefined ? null : parseJsonObject(documents, []);
      const chat = await changed(key, by);
      Object.assign(chat, given);
      if (patch) chat.documents = printJson(mergeObjects(parseJsonObject(chat.documents, []), patch));
      return shown(key);
    },

    async appendMessages({ messages, by, ...key }) {
      await mustBeThere(key);
      if (recordOf(key).chat.isReadonly) throw new ReadOnlyThreadError("read-only");
      const known = new Set(recordOf(key).chat.messages.map(({ messageId }) => messageId));
      if (messages.some(({ messageId }) => !known.has(messageId))) append(await changed(key, by), messages);
      return shown(key);
    },

    async getChat(key) {
      return (await records.getThread(key)) && shown(key);
    },

    async *listChats(query) {
      const chats = await all(query);
      const { archived, pinned, tags, title, after, limit } = query;
      const matches = chats
        .filter((chat) => archived === null || chat.isArchived === archived)
        .filter((chat) => pinned === null || chat.isPinned === pinned)
        .filter((chat) => tags.every((tag) => chat.tags.includes(tag)))
        .filter((chat) => title === null || chat.title?.toLowerCase().includes(title.toLowerCase()))
        .toSorted((a, b) => comparePlaces(chatCursor(b), chatCursor(a)))
        .filter((chat) => after === null || comparePlaces(chatCursor(chat), after) < 0);
      const known = chats.flatMap(({ totalTokens }) => totalTokens ?? []);
      const totals = {
        threads: chats.length,
        archived: chats.filter(({ isArchived }) => isArchived).length,
        messages: sum(chats.map(({ messageCount }) => messageCount)),
        tokens: known.length === 0 ? null : sum(known),
      };
      yield { chats: matches.slice(0, limit), totals, hasMore: matches.length > limit };
    },

    async *listMessages({ projectId, threadId, now, limit, offset, from, cursor }: MessageQuery) {
      const key = { projectId, threadId, now };
      await mustBeThere(key);
      const placed = transcriptOf(recordOf(key)).messages.map((message, index) => ({
        ...message,
        place: [index],
      }));
      const at = cursor === null ? null : Number(cursor[0]);
      const ahead = from === "oldest" ? placed : placed.toReversed();
      const rest = ahead
        .filter(({ place: [index] }) => at === null || (from === "oldest" ? index! > at : index! < at))
        .slice(offset);
      const page = rest.slice(0, limit);
      const messages = from === "oldest" ? page : page.toReversed();
      const whole = { total: placed.length, hasMore: rest.length > page.length };
      if (messages.length === 0) yield { messages, ...whole };
      for (const each of messages) yield { messages: [each], ...whole };
    },
  };
}

function append(chat: NaiveChat, messages: Message[]): void {
  for (const message of messages) {
    if (chat.messages.some(({ messageId }) => messageId === message.messageId)) continue;
    chat.messages.push(message);
  }
}

function tokensOf(messages: Message[]): number | null {
  const said = messages.flatMap(({ inputTokens, outputTokens }) =>
    [inputTokens ?? [], outputTokens ?? []].flat(),
  );
  return said.length === 0 ? null : sum(said);
}

function comparePlaces(a: ReturnType<typeof chatCursor>, b: ReturnType<typeof chatCursor>): number {
  return a.activeAt - b.activeAt || compareText(a.threadId, b.threadId);
}

function meanOf(numbers: number[]): number | null {
  return numbers.length === 0 ? null : sum(numbers) / numbers.length;
}

function sum(numbers: number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
