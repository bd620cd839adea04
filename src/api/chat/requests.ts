import { z } from "zod";
import { DEFAULT_PROJECT_TYPE } from "../../model/chat-thread.ts";
import { MAX_APPENDED_MESSAGES } from "../../model/message.ts";
import { readString } from "../pydantic/readers.ts";
import { bool, datetime, dictOf, int, list, number, strict, text, texts } from "../pydantic/types.ts";

/** The most threads or messages of a page. */
const MAX_LIMIT = 1000;

/** Far more labels than a thread has; it bounds the work of checking them. */
const MAX_LABELS = 1000;

const NAME = /^[a-zA-Z0-9_-]+$/;

const projectId = text({ maxLength: 100, pattern: NAME }).nullable().default(null);
const projectType = text({ maxLength: 50, pattern: NAME });

/** The query of requests to what is in a project. */
export const projectQuery = z.object({ project_id: projectId });

/** The query of GET /api/chat/threads. */
export const threadsQuery = z.object({
  project_id: projectId,
  project_type: projectType.default(DEFAULT_PROJECT_TYPE),
  limit: int({ ge: 1, le: MAX_LIMIT }).default(50),
});

/** The query of GET /api/chat/threads/{thread_id}/messages. */
export const messagesQuery = z.object({
  project_id: projectId,
  limit: int({ ge: 1, le: MAX_LIMIT }).default(100),
  offset: int({ ge: 0 }).default(0),
});

const optionalText = text().nullable().optional();
const optionalTexts = texts().nullable().optional();
const optionalFlag = strict("boolean", bool()).nullable().optional();
const optionalTextMap = dictOf(readString, { maxLength: MAX_LABELS }).nullable().optional();

/**
 * What of a thread is kept under its name, as it came. It must be what it is said to be as it stands, for nothing is
 * made of it; members that are not named here are kept too.
 */
const documents = {
  sessionId: optionalText,
  description: optionalText,
  summary: optionalText,
  category: optionalText,
  customMetadata: z
    .object({
      tags: optionalTexts,
      labels: optionalTextMap,
      annotations: optionalTextMap,
      source: optionalText,
      version: optionalText,
      extra: optionalTextMap,
    })
    .nullable()
    .optional(),
  parentThreadId: optionalText,
  relatedThreads: optionalTexts,
  settings: z
    .object({
      temperature: strict("number", number({ le: 2 }))
        .nullable()
        .optional(),
      maxTokens: strict("number", int({ ge: 1 }))
        .nullable()
        .optional(),
      useRag: optionalFlag,
      persona: optionalText,
      stance: optionalText,
      autoTitle: optionalFlag,
      notifications: optionalFlag,
    })
    .nullable()
    .optional(),
  pinnedDocuments: optionalTexts,
  permissions: z
    .object({
      ownerId: optionalText,
      canRead: optionalTexts,
      canWrite: optionalTexts,
      canDelete: optionalTexts,
      isPublic: optionalFlag,
      shareLink: optionalText,
    })
    .nullable()
    .optional(),
};

export const DOCUMENT_NAMES = Object.keys(documents) as (keyof typeof documents)[];

/** The body of POST /api/chat/threads; null is the same as nothing. */
export const createRequest = z.object({
  title: optionalText,
  projectId: optionalText,
  projectType: projectType.nullable().optional(),
  initialMessage: optionalText,
  tags: optionalTexts,
  threadId: optionalText,
  ...documents,
});

/** The body of PATCH /api/chat/threads/{thread_id}; null takes away what is there. */
export const patchRequest = z.object({
  title: optionalText,
  tags: optionalTexts,
  isArchived: bool().nullable().optional(),
  isPinned: bool().nullable().optional(),
  isReadonly: bool().nullable().optional(),
  ...documents,
});

const count = int({ ge: 0 }).nullable().default(null);
const name = text().nullable().default(null);

/** The body of POST /api/chat/threads/{thread_id}/messages. */
export const appendRequest = z.object({
  messages: list(
    z.object({
      messageId: name,
      role: text({ minLength: 1 }),
      content: text(),
      timestamp: datetime().nullable().default(null),
      agentUsed: name,
      modelUsed: name,
      inputTokens: count,
      outputTokens: count,
      responseTimeMs: number({ ge: 0 }).nullable().default(null),
    }),
    { minLength: 1, maxLength: MAX_APPENDED_MESSAGES },
  ),
});
