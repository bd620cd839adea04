import { type ChatThread, SCORE_RATINGS } from "../../model/chat-thread.ts";
import type { Rating } from "../../model/feedback.ts";
import { type Database, prepared } from "./database.ts";
import { toSummary } from "./transcript-rows.ts";

/** A thread's row with what it has as a chat. */
export interface ChatRow {
  project: number;
  threadId: string;
  projectType: string;
  createdAt: number;
  modifiedAt: number;
  totalTokens: number | null;
  archived: number;
  pinned: number;
  title: string | null;
  readonly: number;
  createdBy: string | null;
  modifiedBy: string | null;
  revision: number;
  tags: string;
  documents: string;
  summary: string | null;
}

export const CHAT_COLUMNS = `thread.project, thread.thread_id AS threadId, project_type AS projectType,
  thread.created_at AS createdAt, thread.updated_at AS modifiedAt, total_tokens AS totalTokens, archived, pinned,
  title, coalesce(readonly, 0) AS readonly, created_by AS createdBy, modified_by AS modifiedBy,
  coalesce(revision, 1) AS revision, coalesce(tags, '[]') AS tags, coalesce(documents, '{}') AS documents, summary`;

export const CHAT_JOINS = `LEFT JOIN chat ON chat.thread = thread.id
  LEFT JOIN transcript ON transcript.thread = thread.id AND transcript.source = thread.message_source`;

/** The chat in a row that is known to be there. */
export function chatAt(db: Database, thread: number): ChatThread {
  const sql = `SELECT ${CHAT_COLUMNS} FROM thread ${CHAT_JOINS} WHERE thread.id = ?`;
  return toChat(db, prepared<ChatRow>(db, sql).get(thread)!);
}

/** A row as the model has it. Reads the feedback on the conversation. */
export function toChat(db: Database, row: ChatRow): ChatThread {
  const { threadId, projectType, createdAt, modifiedAt, totalTokens, createdBy, modifiedBy, revision } = row;
  const summary = toSummary(row.summary);
  const { responses, responseMs } = summary;
  const ratings = ratingsOf(db, row);
  return {
    threadId,
    projectType,
    title: row.title ?? summary.title,
    createdAt,
    modifiedAt,
    messageCount: summary.messages,
    userMessageCount: summary.userMessages,
    assistantMessageCount: summary.assistantMessages,
    totalTokens,
    averageResponseTimeMs: responses === 0 ? null : responseMs / responses,
    lastMessageAt: summary.lastMessageAt,
    lastMessagePreview: summary.preview,
    participants: summary.participants,
    agentUsed: summary.agent,
    modelUsed: summary.model,
    tags: JSON.parse(row.tags) as string[],
    isArchived: row.archived === 1,
    isPinned: row.pinned === 1,
    isReadonly: row.readonly === 1,
    createdBy,
    modifiedBy,
    documents: row.documents,
    revision,
    qualityScore: meanOf(ratings, SCORE_RATINGS.quality),
    relevanceScore: meanOf(ratings, SCORE_RATINGS.relevance),
  };
}

function ratingsOf(db: Database, { project, threadId }: ChatRow): Rating[] {
  return prepared<{ ratings: string }>(
    db,
    `SELECT ratings FROM feedback INDEXED BY feedback_by_target
     WHERE project = ? AND target_kind = 'conversation' AND target_id = ? ORDER BY created_at, feedback_id`,
  )
    .all(project, threadId)
    .flatMap(({ ratings }) => JSON.parse(ratings) as Rating[]);
}

function meanOf(ratings: Rating[], name: string): number | null {
  const values = ratings.filter((rating) => rating.name === name).map(({ value }) => value);
  return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;
}
