import { InvalidRequestError } from "../../../src/model/base/errors.ts";
import type { ThreadKeyAt } from "../../../src/model/threads/thread-record.ts";
import type { TurnQuery } from "../../../src/model/threads/turn.ts";
import type { ChatQuery, ChatThread } from "../../../src/model/transcripts/chat-thread.ts";
import type { Message, MessageQuery, PlacedMessage } from "../../../src/model/transcripts/message.ts";
import { NotFoundError, ReadOnlyThreadError } from "../../../src/store/errors.ts";
import type { ChatReader, ChatWriter } from "../../../src/store/roles/chats.ts";
import type { TurnReader } from "../../../src/store/roles/spans.ts";
import type { NaiveChat, NaiveData, NaiveRecord } from "./data.ts";
import { merged, parsed, printed } from "./json.ts";
import { compareText, sum } from "./order.ts";
import type { Plain } from "./plain.ts";
import { threadsOf } from "./project.ts";
import type { NaiveRecords } from "./record-store.ts";
import { newRecord } from "./records.ts";
import { previewOf, titleOf } from "./titles.ts";
import { transcriptOf, turnsOf } from "./transcripts.ts";

/** Threads as chats, worked out anew for each answer from the records. */
export function createNaiveChats(
  data: NaiveData,
  records: NaiveRecords,
): Plain<ChatWriter & ChatReader & TurnReader> {
  function recordOf({ projectId, threadId }: Omit<ThreadKeyAt, "now">): NaiveRecord {
    const record = data.records.find((each) => each.projectId === projectId && each.threadId === threadId);
    return record ?? newRecord(projectId, threadId, 0);
  }

  function transcript(key: ThreadKeyAt) {
    return transcriptOf(recordOf(key), threadsOf(key.projectId, data.versions).get(key.threadId));
  }

  function mustBeThere(key: ThreadKeyAt): void {
    if (!records.getThread(key)) throw new NotFoundError(`Thread with ID ${key.threadId} not found`);
  }

  /** Counts a change, and answers with the chat to make it in. */
  function changed(key: ThreadKeyAt, by: string | null): NaiveChat {
    const { projectId, threadId, now } = key;
    records.patchThread({ projectId, threadId, now, metadata: null, ttl: null, status: null });
    const chat = recordOf(key).chat;
    chat.revision += 1;
    chat.modifiedBy = by;
    return chat;
  }

  function shown(key: ThreadKeyAt): ChatThread {
    const { createdAt, updatedAt } = records.getThread(key)!;
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
      title: title ?? users.map(({ text }) => titleOf(text)).find((found) => found !== null) ?? null,
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

  function all({ projectId, projectType, now }: ChatQuery): ChatThread[] {
    return records
      .seen(projectId, now)
      .map(({ threadId }) => shown({ projectId, threadId, now }))
      .filter((chat) => chat.projectType === projectType);
  }

  return {
    createChat({ messages, by, title, tags, documents, projectType, ...key }) {
      parsed(documents);
      records.createThread({ ...key, metadata: "{}", ttl: null, states: [], ifExists: "raise" });
      const chat = recordOf(key).chat;
      Object.assign(chat, { title, tags, documents, projectType, createdBy: by, modifiedBy: by });
      append(chat, messages);
      return shown(key);
    },

    patchChat({ by, documents, projectId, threadId, now, ...given }) {
      const key = { projectId, threadId, now };
      mustBeThere(key);
      const patch = documents === undefined ? null : parsed(documents);
      const chat = changed(key, by);
      Object.assign(chat, given);
      if (patch) chat.documents = printed(merged(parsed(chat.documents), patch));
      return shown(key);
    },

    appendMessages({ messages, by, ...key }) {
      mustBeThere(key);
      if (recordOf(key).chat.isReadonly) throw new ReadOnlyThreadError("read-only");
      const known = new Set(recordOf(key).chat.messages.map(({ messageId }) => messageId));
      if (messages.some(({ messageId }) => !known.has(messageId))) append(changed(key, by), messages);
      return shown(key);
    },

    getChat(key) {
      return records.getThread(key) && shown(key);
    },

    listChats(query) {
      const chats = all(query);
      const { archived, pinned, tags, title, after, limit } = query;
      const matches = chats
        .filter((chat) => archived === null || chat.isArchived === archived)
        .filter((chat) => pinned === null || chat.isPinned === pinned)
        .filter((chat) => tags.every((tag) => chat.tags.includes(tag)))
        .filter((chat) => title === null || chat.title?.toLowerCase().includes(title.toLowerCase()))
        .toSorted((a, b) => comparePlaces(placeOf(b), placeOf(a)))
        .filter((chat) => after === null || comparePlaces(placeOf(chat), after) < 0);
      const known = chats.flatMap(({ totalTokens }) => totalTokens ?? []);
      const totals = {
        threads: chats.length,
        archived: chats.filter(({ isArchived }) => isArchived).length,
        messages: sum(chats.map(({ messageCount }) => messageCount)),
        tokens: known.length === 0 ? null : sum(known),
      };
      return [{ chats: matches.slice(0, limit), totals, hasMore: matches.length > limit }];
    },

    listMessages({ projectId, threadId, now, limit, offset, from, cursor }: MessageQuery) {
      const key = { projectId, threadId, now };
      mustBeThere(key);
      const { messages: placed } = transcript(key);
      const { page, hasMore } = stretchOf(placed, { limit, offset, from, cursor });
      const whole = { total: placed.length, hasMore };
      if (page.length === 0) return [{ messages: page, ...whole }];
      return page.map((each) => ({ messages: [each], ...whole }));
    },

    listTurns({ projectId, threadId, now, ...asked }: TurnQuery) {
      mustBeThere({ projectId, threadId, now });
      const placed = turnsOf(threadsOf(projectId, data.versions).get(threadId)).map(({ shown }) => shown);
      const { page, hasMore } = stretchOf(placed, { ...asked, offset: 0 });
      const whole = { total: placed.length, hasMore };
      if (page.length === 0) return [{ turns: page, ...whole }];
      return page.map((each) => ({ turns: [each], ...whole }));
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

interface Place {
  activeAt: number;
  threadId: string;
}

/** Where a chat stands in a list: at its last message, or where it was created while there is none. */
function placeOf({ lastMessageAt, createdAt, threadId }: ChatThread): Place {
  return { activeAt: lastMessageAt === null ? createdAt : lastMessageAt, threadId };
}

function comparePlaces(a: Place, b: Place): number {
  return a.activeAt - b.activeAt || compareText(a.threadId, b.threadId);
}

function meanOf(numbers: number[]): number | null {
  return numbers.length === 0 ? null : sum(numbers) / numbers.length;
}
