import type { ThreadKeyAt } from "../../../../model/threads/thread-record.ts";
import type { ChatQuery, ChatThread, ChatTotals } from "../../../../model/transcripts/chat-thread.ts";
import type { ChatBatch } from "../../../roles/chats.ts";
import { batchesOf } from "../../../shared/batches.ts";
import { type Database, findProject, prepared } from "../../connection/database.ts";
import type { Sql } from "../../connection/sql.ts";
import { CHAT_COLUMNS, CHAT_JOINS, type ChatRow, chatAt, chatsOf } from "../../tables/chat-rows.ts";
import { HIDDEN, hidesMany, hiding } from "../../tables/hidden-threads.ts";
import { findRecord } from "../../tables/record-rows.ts";
import { defineLookUp, defineRead } from "../define-read.ts";
import { BUDGET } from "../read-budget.ts";

/** One thread as a chat; null if it is not there. */
export const chatRead = defineLookUp("chat", (db, { projectId, threadId, now }: ThreadKeyAt) => {
  const row = findRecord(db, projectId, threadId, now);
  return row && chatAt(db, row.id);
});

/** The list of chats. */
export const chatsRead = defineRead({ name: "chats", fitsMainThread, pages: chatPages });

/** Whether few chats are asked for, without a condition: a page of the order's index. */
function fitsMainThread(db: Database, query: ChatQuery): boolean {
  const { limit, archived, pinned, tags, title } = query;
  if (limit > BUDGET.chats.rows) return false;
  if (archived !== null || pinned !== null || tags.length > 0 || title !== null) return false;
  const project = findProject(db, query.projectId);
  return project === null || !hidesMany(db, project, query.now);
}

/**
 * Yields the chats that a query asks for, in batches of bounded size: walks the index of their order. All reads are of
 * one snapshot.
 */
export function* chatPages(db: Database, query: ChatQuery): Generator<ChatBatch> {
  const project = findProject(db, query.projectId);
  if (project === null) {
    yield { chats: [], totals: { threads: 0, archived: 0, messages: 0, tokens: null }, hasMore: false };
    return;
  }
  const totals = totalsOf(db, project, query);
  const rows: ChatRow[] = [];
  let hasMore = false;
  for (const row of matches(db, project, query)) {
    hasMore = rows.length === query.limit;
    if (hasMore) break;
    rows.push(row);
  }
  if (rows.length === 0) yield { chats: [], totals, hasMore };
  for (const chats of batchesOf(chatsOf(db, rows), sizeOf)) yield { chats, totals, hasMore };
}

/** The rows that match, in order, read as they are taken. */
function* matches(db: Database, project: number, query: ChatQuery): Generator<ChatRow> {
  const conditions = conditionsOf(db, project, query);
  const statement = prepared<ChatRow>(
    db,
    `SELECT ${CHAT_COLUMNS} FROM thread INDEXED BY chat_by_activity ${CHAT_JOINS}
     WHERE ${conditions.map(({ sql }) => sql).join(" AND ")}
     ORDER BY active_at DESC, thread.thread_id DESC ${query.title === null ? `LIMIT ${query.limit + 1}` : ""}`,
  );
  const values = conditions.flatMap((each) => each.values);
  const title = query.title?.toLowerCase() ?? null;
  if (title === null) {
    yield* statement.all(...values);
    return;
  }
  for (const row of statement.iterate(...values)) {
    const shown = row.title ?? titleOf(row.summary);
    if (shown?.toLowerCase().includes(title)) yield row;
  }
}

function titleOf(summary: string | null): string | null {
  return summary === null ? null : (JSON.parse(summary) as { title: string | null }).title;
}

function conditionsOf(db: Database, project: number, query: ChatQuery): Sql[] {
  const { projectType, archived, pinned, tags, after, now } = query;
  const conditions: Sql[] = [
    {
      sql: "thread.project = ? AND project_type = ? AND listed IS NOT NULL",
      values: [project, projectType],
    },
  ];
  const hides = hiding(db, project, now);
  if (hides) conditions.push(hides);
  if (after) {
    const place = [after.activeAt, after.threadId];
    conditions.push({ sql: "(active_at, thread.thread_id) < (?, ?)", values: place });
  }
  if (archived !== null) conditions.push({ sql: "archived = ?", values: [Number(archived)] });
  if (pinned !== null) conditions.push({ sql: "pinned = ?", values: [Number(pinned)] });
  for (const tag of tags) {
    conditions.push({ sql: "EXISTS (SELECT 1 FROM json_each(chat.tags) WHERE value = ?)", values: [tag] });
  }
  return conditions;
}

interface CountRow {
  threads: number;
  archived: number;
  messages: number;
  tokens: number;
  withTokens: number;
}

/** The counters, less what has expired and is not swept yet. */
function totalsOf(db: Database, project: number, { projectType, now }: ChatQuery): ChatTotals {
  const all = prepared<CountRow>(
    db,
    `SELECT total(threads) AS threads, total(threads * archived) AS archived, total(messages) AS messages,
       total(tokens) AS tokens, total(with_tokens) AS withTokens
     FROM chat_count WHERE project = ? AND project_type = ?`,
  ).get(project, projectType)!;
  const hidden = prepared<CountRow>(
    db,
    `SELECT count(*) AS threads, total(archived) AS archived, total(message_count) AS messages,
       total(total_tokens) AS tokens, count(total_tokens) AS withTokens
     ${HIDDEN} AND project_type = ? AND listed IS NOT NULL`,
  ).get(project, now, projectType)!;
  return {
    threads: all.threads - hidden.threads,
    archived: all.archived - hidden.archived,
    messages: all.messages - hidden.messages,
    tokens: all.withTokens === hidden.withTokens ? null : all.tokens - hidden.tokens,
  };
}

function sizeOf({ documents }: ChatThread): number {
  return documents.length;
}
