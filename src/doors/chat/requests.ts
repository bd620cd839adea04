import { z } from "zod";
import {
  DEFAULT_PROJECT_TYPE,
  MAX_PROJECT_TYPE_LENGTH,
  PROJECT_TYPE,
} from "../../model/transcripts/chat-thread.ts";
import { MAX_APPENDED_MESSAGES } from "../../model/transcripts/message.ts";
import { bool, datetime, id, ids, int, list, number, text } from "../fastapi/types.ts";
import { chatDocuments } from "../genai/chat-documents.ts";

/** The most threads or messages of a page. */
const MAX_LIMIT = 1000;

const projectId = text({ maxLength: 100, pattern: /^[a-zA-Z0-9_-]+$/ })
  .nullable()
  .default(null);
const projectType = text({ maxLength: MAX_PROJECT_TYPE_LENGTH, pattern: PROJECT_TYPE });

/** The path of requests that change a thread. */
export const threadPath = z.object({ thread_id: id() });

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
const optionalId = id().nullable().optional();
const tags = ids().nullable().optional();

/** The body of POST /api/chat/threads; null is the same as nothing. */
export const createRequest = z.object({
  title: optionalText,
  projectId: optionalId,
  projectType: projectType.nullable().optional(),
  initialMessage: optionalText,
  tags,
  threadId: optionalId,
  ...chatDocuments,
});

/** The body of PATCH /api/chat/threads/{thread_id}; null takes away what is there. */
export const patchRequest = z.object({
  title: optionalText,
  tags,
  isArchived: bool().nullable().optional(),
  isPinned: bool().nullable().optional(),
  isReadonly: bool().nullable().optional(),
  ...chatDocuments,
});

const count = int({ ge: 0 }).nullable().default(null);
const name = id().nullable().default(null);

/** A message to append. */
export const appendedMessage = z.object({
  messageId: name,
  role: text({ minLength: 1 }),
  content: text(),
  timestamp: datetime().nullable().default(null),
  agentUsed: name,
  modelUsed: name,
  inputTokens: count,
  outputTokens: count,
  responseTimeMs: number({ ge: 0 }).nullable().default(null),
});

/** The body of POST /api/chat/threads/{thread_id}/messages. */
export const appendRequest = z.object({
  messages: list(appendedMessage, { minLength: 1, maxLength: MAX_APPENDED_MESSAGES }),
});
