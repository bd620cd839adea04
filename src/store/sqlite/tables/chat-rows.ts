import type { Rating } from "../../../model/feedback/feedback.ts";
import { type ChatThread, SCORE_RATINGS, totalTokens } from "../../../model/transcripts/chat-thread.ts";
import type { TranscriptSummary } from "../../../model/transcripts/transcript-summary.ts";
import { type Database, prepared } from "../connection/database.ts";
import { toSummary } from "./transcript-rows.ts";

/** What clients gave a thread as a chat; of one they gave nothing, what it has by itself. */
export interface GivenChatRow {
  projectType: string;
  archived: number;
  pinned: number;
  title: string | null;
  readonly: number;
  createdBy: string | null;
  modifiedBy: string | null;
  revision: number;
  tags: string;
  documents: string;
}

/** A thread's row with what it has as a chat. */
export interface ChatRow extends GivenChatRow {
  project: number;
  threadId: string;
  createdAt: number;
  modifiedAt: number;
  /** What the thread's spans took. */
  spanTokens: number;
  summary: string | null;
}

/** The columns of a `GivenChatRow`, and what the thread is joined with for them. */
export const GIVEN_CHAT_COLUMNS = `project_type AS projectType, archived, pinned, title,
  coalesce(readonly, 0) AS readonly, created_by AS createdBy, modified_by AS modifiedBy,
  coalesce(revision, 1) AS revision, coalesce(tags, '[]') AS tags, coalesce(documents, '{}') AS documents`;
export const GIVEN_CHAT_JOIN = "LEFT JOIN chat ON chat.thread = thread.id";

export const CHAT_COLUMNS = `thread.project, thread.thread_id AS threadId, thread.created_at AS createdAt,
  thread.updated_at AS modifiedAt, input_tokens + output_tokens AS spanTokens, ${GIVEN_CHAT_COLUMNS}, summary`;

export const CHAT_JOINS = `${GIVEN_CHAT_JOIN}
  LEFT JOIN transcript ON transcript.thread = thread.id AND transcript.source = thread.message_source`;

/** The chat in a row that is known to be there. */
export function chatAt(db: Database, thread: number): ChatThread {
  return chatOf(db, chatRowAt(db, thread));
}

/** The same, as it stands in the row. */
export function chatRowAt(db: Database, thread: number): ChatRow {
  const sql = `SELECT ${CHAT_COLUMNS} FROM thread ${CHAT_JOINS} WHERE thread.id = ?`;
  return prepared<ChatRow>(db, sql).get(thread)!;
}

/** A row as the model has it. Reads the feedback on the conversation. */
export function chatOf(db: Database, row: ChatRow, summary = toSummary(row.summary)): ChatThread {
  const found = prepared<{ ratings: string }>(
    db,
    `SELECT ratings FROM feedback INDEXED BY feedback_by_target
     WHERE project = ? AND target_kind = 'conversation' AND target_id = ? ORDER BY created_at, feedback_id`,
  ).all(row.project, row.threadId);
  return toChat(
    row,
    summary,
    found.flatMap(({ ratings }) => JSON.parse(ratings) as Rating[]),
  );
}

/** Rows of one project as the model has them. Reads the feedback on the conversations. */
export function chatsOf(db: Database, rows: ChatRow[]): ChatThread[] {
  const ratings = ratingsOf(db, rows);
  return rows.map((row) => toChat(row, toSummary(row.summary), ratings.get(row.threadId) ?? []));
}

function toChat(row: ChatRow, summary: TranscriptSummary, ratings: Rating[]): ChatThread {
  const { threadId, projectType, createdAt, modifiedAt, spanTokens, createdBy, modifiedBy, revision } = row;
  const { responses, responseMs } = summary;
  return {
    threadId,
    projectType,
    title: row.title ?? summary.title,
    createdAt,
    modifiedAt,
    messageCount: summary.messages,
    userMessageCount: summary.userMessages,
    assistantMessageCount: summary.assistantMessages,
    totalTokens: totalTokens(summary.tokens, spanTokens),
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

/** The ratings of each conversation that has any. */
function ratingsOf(db: Database, rows: ChatRow[]): Map<string, Rating[]> {
  const found = prepared<{ threadId: string; ratings: string }>(
    db,
    `SELECT target_id AS threadId, ratings FROM feedback INDEXED BY feedback_by_target
     WHERE project = ? AND target_kind = 'conversation' AND target_id IN (SELECT value FROM json_each(?))
     ORDER BY target_id, created_at, feedback_id`,
  ).all(rows[0]?.project, JSON.stringify(rows.map(({ threadId }) => threadId)));
  const ratings = new Map<string, Rating[]>();
  for (const { threadId, ratings: text } of found) {
    ratings.set(threadId, [...(ratings.get(threadId) ?? []), ...(JSON.parse(text) as Rating[])]);
  }
  return ratings;
}

function meanOf(ratings: Rating[], name: string): number | null {
  const values = ratings.filter((rating) => rating.name === name).map(({ value }) => value);
  return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;
}
