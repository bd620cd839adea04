import type { Instant } from "../base/instant.ts";
import { parseJsonObject } from "../json/parse.ts";
import { printJson } from "../json/print.ts";
import { mergeObjects } from "../threads/state-update.ts";
import type { ThreadKeyAt } from "../threads/thread-record.ts";
import type { Message } from "./message.ts";

/** The project type of threads that were not created as chats of another. */
export const DEFAULT_PROJECT_TYPE = "general";

/** What a project type is like. */
export const PROJECT_TYPE = /^[a-zA-Z0-9_-]+$/;

/** How long a project type may be. */
export const MAX_PROJECT_TYPE_LENGTH = 50;

/** How many tags a query may ask for. */
export const MAX_QUERIED_TAGS = 100;

/** A thread as a chat: what people see of it in a list. */
export interface ChatThread {
  threadId: string;
  projectType: string;
  /** As given, else made of the first user message (`titleFrom`); null if there is neither. */
  title: string | null;
  createdAt: Instant;
  /** The last write. */
  modifiedAt: Instant;
  messageCount: number;
  userMessageCount: number;
  assistantMessageCount: number;
  /** What the messages say they took; where none says, what the thread's spans took. Null while unknown. */
  totalTokens: number | null;
  /** The mean over assistant messages that have a response time; null if none has. */
  averageResponseTimeMs: number | null;
  /** Of the last message of the transcript; null while there is none. */
  lastMessageAt: Instant | null;
  lastMessagePreview: string | null;
  participants: string[];
  /** Of the last assistant message that has one; where turns make the transcript, of the last turn that has one. */
  agentUsed: string | null;
  modelUsed: string | null;
  tags: string[];
  isArchived: boolean;
  isPinned: boolean;
  isReadonly: boolean;
  createdBy: string | null;
  modifiedBy: string | null;
  /** All else that clients gave, under their names for it, a JSON object as text. */
  documents: string;
  /** Grows by one with each change made to the thread as a chat; starts at 1. */
  revision: number;
  /** The mean of the feedback ratings of that name on the conversation; null if there is none. */
  qualityScore: number | null;
  relevanceScore: number | null;
}

/** A chat to be created. */
export interface ChatDraft extends ThreadKeyAt {
  projectType: string;
  title: string | null;
  tags: string[];
  /** A JSON object as text. */
  documents: string;
  /** The first messages, up to `MAX_APPENDED_MESSAGES`. */
  messages: Message[];
  /** Who writes; null when nobody knows. */
  by: string | null;
}

/** What clients gave a thread as a chat, as far as patches change it. */
export type GivenChat = Pick<
  ChatThread,
  "title" | "tags" | "isArchived" | "isPinned" | "isReadonly" | "documents"
>;

/** A change to a chat; what is left out stays as it is. */
export interface ChatPatch extends ThreadKeyAt {
  /** Null takes a given title away. */
  title?: string | null;
  tags?: string[];
  isArchived?: boolean;
  isPinned?: boolean;
  isReadonly?: boolean;
  /** A JSON object as text; its members replace those of the same name, a null too. */
  documents?: string;
  by: string | null;
}

/**
 * What a chat is after a patch.
 *
 * @param given the title as given, not one made of a message
 * @throws InvalidRequestError when the patch's documents are no JSON object
 */
export function patchedChat(given: GivenChat, patch: ChatPatch): GivenChat {
  const { title, tags, isArchived, isPinned, isReadonly, documents } = patch;
  return {
    title: title === undefined ? given.title : title,
    tags: tags ?? given.tags,
    isArchived: isArchived ?? given.isArchived,
    isPinned: isPinned ?? given.isPinned,
    isReadonly: isReadonly ?? given.isReadonly,
    documents: documents === undefined ? given.documents : mergedDocuments(given.documents, documents),
  };
}

function mergedDocuments(documents: string, patch: string): string {
  const path = ["documents"];
  return printJson(mergeObjects(parseJsonObject(documents, path), parseJsonObject(patch, path)));
}

/** Whether messages may be appended to a chat. */
export function takesMessages({ isReadonly }: Pick<ChatThread, "isReadonly">): boolean {
  return !isReadonly;
}

/** Asks for chats, the latest first; conditions are joined by AND, and what is null asks nothing. */
export interface ChatQuery {
  projectId: string;
  projectType: string;
  /** What has expired by now is not found. */
  now: Instant;
  archived: boolean | null;
  pinned: boolean | null;
  /** Only chats that have all of these, up to `MAX_QUERIED_TAGS`. */
  tags: string[];
  /** Only chats whose title holds this text, in upper or lower case. */
  title: string | null;
  limit: number;
  /** Continues after this place. */
  after: ChatCursor | null;
}

/** A place in the order of chats: by the time of the last message, or of creation where there is none, then by id. */
export interface ChatCursor {
  activeAt: Instant;
  threadId: string;
}

/** The place of a chat in a list. */
export function chatCursor({ lastMessageAt, createdAt, threadId }: ChatThread): ChatCursor {
  return { activeAt: lastMessageAt ?? createdAt, threadId };
}

/** What all chats of a project and type add up to, whatever a query asks. */
export interface ChatTotals {
  threads: number;
  archived: number;
  messages: number;
  /** Null while unknown of every thread. */
  tokens: number | null;
}

/** What a chat took: what its messages say, else what the thread's spans took; null while unknown. */
export function totalTokens(said: number | null, ofSpans: number): number | null {
  return said ?? (ofSpans || null);
}

/** The names of the ratings that are a chat's scores. */
export const SCORE_RATINGS = { quality: "qualityScore", relevance: "relevanceScore" } as const;
