import { InvalidRequestError } from "../../../src/model/base/errors.ts";
import { parseJsonObject } from "../../../src/model/json/parse.ts";
import { printJson } from "../../../src/model/json/print.ts";
import { mergeObjects } from "../../../src/model/threads/state-update.ts";
import type { ThreadKeyAt } from "../../../src/model/threads/thread-record.ts";
import type { TurnQuery } from "../../../src/model/threads/turn.ts";
import { type ChatQuery, type ChatThread, chatCursor } from "../../../src/model/transcripts/chat-thread.ts";
import type { Message, MessageQuery, PlacedMessage } from "../../../src/model/transcripts/message.ts";
import { previewOf, titleFrom } from "../../../src/model/transcripts/message-text.ts";
import { NotFoundError, ReadOnlyThreadError } from "../../../src/store/errors.ts";
import type { ChatReader, ChatWriter } from "../../../src/store/roles/chats.ts";
import type { RecordReader, RecordWriter } from "../../../src/store/roles/records.ts";
import type { TurnReader } from "../../../src/store/roles/spans.ts";
import { search } from "../record-builders.ts";
import { compareText } from "./order.ts";
import { threadsOf } from "./project.ts";
import type { NaiveData } from "./record-store.ts";
import { type NaiveChat, type NaiveRecord, newRecord } from "./records.ts";
import { transcriptOf, turnsOf } from "./transcripts.ts";

/** Threads as chats, worked out anew for each answer from the records. */
export function createNaiveChats(
  data: NaiveData,
  records: RecordWriter & RecordReader,
): ChatWriter & ChatReader & TurnReader {
  function recordOf({ projectId, threadId }: Omit<ThreadKeyAt, "now">): NaiveRecord {
    const record = data.records.find((each) => each.projectId === projectId && each.threadId === threadId);
    return record ?? newRecord(projectId, threadId, 0);
  }

  function transcript(key: ThreadKeyAt) {
    return transcriptOf(recordOf(key), threadsOf(key.projectId, data.versions).get(key.threadId));
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
    const { messages, participants, agent, model } = transcript(key);
    const { projectId, threadId } = key;
    const ofRole = (role: string) => messages.filter((message) => message.role === role);
    const [users, assistants] = [ofRole("user"), ofRole("assistant")];
    const ratings = data.feedback
      .filter(
        ({ target, ...of }) =>
          of.projectId === projectId && target.kind === "conversation" && target.id === threadId,
      )
      .toSorted((a, b) => a.createdAt - b.createdAt || compareText(a.id, b.id))
      .flatMap((feedback) => feedback.ratings);
    const mean = (name: string) =>
      meanOf(ratings.flatMap((each) => (each.name === name ? [each.value] : [])));
    return {
      ...given,
      threadId,
      title: title ?? users.map(({ text }) => titleFrom(text)).find((found) => found !== null) ?? null,
      createdAt,
      modifiedAt: updatedAt,
      messageCount: messages.length,
      userMessageCount: users.length,
      assistantMessageCount: assistants.length,
      totalTokens: (isOfTurns(messages) ? null : tokensOf(messages)) ?? spanTokens(key),
      averageResponseTimeMs: meanOf(assistants.flatMap(({ responseTimeMs }) => responseTimeMs ?? [])),
      lastMessageAt: messages.at(-1)?.createdAt ?? null,
      lastMessagePreview: messages.length > 0 ? previewOf(messages.at(-1)!.text) : null,
      participants,
      agentUsed: agent,
      modelUsed: model,
      qualityScore: mean("qualityScore"),
      relevanceScore: mean("relevanceScore"),
    };
  }

  function spanTokens({ projectId, threadId }: ThreadKeyAt): number | null {
    const thread = threadsOf(projectId, data.versions).get(threadId);
    if (!thread) return null;
    return sum(thread.countedSpans.map((span) => (span.inputTokens ?? 0) + (span.outputTokens ?? 0))) || null;
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
      const { messages: placed } = transcript(key);
      const { page, hasMore } = stretchOf(placed, { limit, offset, from, cursor });
      const whole = { total: placed.length, hasMore };
      if (page.length === 0) yield { messages: page, ...whole };
      for (const each of page) yield { messages: [each], ...whole };
    },

    async *listTurns({ projectId, threadId, now, ...asked }: TurnQuery) {
      await mustBeThere({ projectId, threadId, now });
      const placed = turnsOf(threadsOf(projectId, data.versions).get(threadId)).map(({ shown }) => shown);
      const { page, hasMore } = stretchOf(placed, { ...asked, offset: 0 });
      const whole = { total: placed.length, hasMore };
      if (page.length === 0) yield { turns: page, ...whole };
      for (const each of page) yield { turns: [each], ...whole };
    },
  };
}

/** A stretch of what is in order, from either end and past a place. */
function stretchOf<Placed extends { place: (number | string)[] }>(
  placed: Placed[],
  { limit, offset, from, cursor }: Pick<MessageQuery, "limit" | "offset" | "from" | "cursor">,
): { page: Placed[]; hasMore: boolean } {
  const shapeOf = (place: (number | string)[]) => place.map((part) => typeof part).join();
  if (cursor && placed[0] && shapeOf(cursor) !== shapeOf(placed[0].place)) throw new InvalidRequestError([]);
  const sign = from === "oldest" ? 1 : -1;
  const rest = (from === "oldest" ? placed : placed.toReversed())
    .filter(({ place }) => cursor === null || sign * compareParts(place, cursor) > 0)
    .slice(offset);
  const page = rest.slice(0, limit);
  return { page: from === "oldest" ? page : page.toReversed(), hasMore: rest.length > page.length };
}

function compareParts(a: (number | string)[], b: (number | string)[]): number {
  for (const [index, part] of a.entries()) {
    const other = b[index]!;
    const order = typeof part === "number" ? part - Number(other) : compareText(part, String(other));
    if (order !== 0) return order;
  }
  return 0;
}

/** What spans say of their tokens is counted once for the thread, not by the message. */
function isOfTurns(messages: PlacedMessage[]): boolean {
  return messages.every(({ place }) => place.length > 1);
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
