import { InvalidRequestError } from "../../model/errors.ts";
import type { MessagePlace, MessageQuery, PlacedMessage } from "../../model/message.ts";
import { threadNotFound } from "../errors.ts";
import type { MessageBatch } from "../store.ts";
import { batchesOf, LIGHT_SIZE } from "./batches.ts";
import { type Database, prepared } from "./database.ts";
import { findRecord } from "./record-rows.ts";

/** The most messages that the main thread reads. */
const LIGHT_ROWS = 200;

/** Messages by their positions: those from `start` on, before `end`. */
interface Stretch {
  thread: number;
  source: number;
  start: number;
  end: number;
  total: number;
  hasMore: boolean;
}

/** Whether a stretch is so short that the main thread may read it. */
export function isLightMessageQuery(db: Database, query: MessageQuery): boolean {
  const { thread, source, start, end } = stretchOf(db, query);
  if (end - start > LIGHT_ROWS) return false;
  const { size } = prepared<{ size: number }>(
    db,
    `SELECT total(octet_length(text)) + total(octet_length(json)) AS size
     FROM message JOIN message_body ON message_body.message = message.id
     WHERE thread = ? AND source = ? AND position >= ? AND position < ?`,
  ).get(thread, source, start, end)!;
  return size <= LIGHT_SIZE;
}

/** Yields a stretch of a transcript in batches of bounded size. All reads are of one snapshot. */
export function* messagePages(db: Database, query: MessageQuery): Generator<MessageBatch> {
  const { total, hasMore, ...stretch } = stretchOf(db, query);
  if (stretch.end <= stretch.start) yield { messages: [], total, hasMore };
  const sizeOf = ({ text, json }: PlacedMessage) => text.length + json.length;
  for (const messages of batchesOf(readMessages(db, stretch), sizeOf)) yield { messages, total, hasMore };
}

/** Positions have no gaps, so where a stretch is follows from how many messages there are. */
function stretchOf(db: Database, query: MessageQuery): Stretch {
  const record = findRecord(db, query.projectId, query.threadId, query.now);
  if (record === null) throw threadNotFound(query.threadId);
  const { source, total } = prepared<{ source: number; total: number }>(
    db,
    "SELECT message_source AS source, message_count AS total FROM thread WHERE id = ?",
  ).get(record.id)!;
  const { limit, offset, from } = query;
  const at = query.cursor && positionOf(query.cursor);
  if (from === "oldest") {
    const start = Math.min(total, (at === null ? 0 : at + 1) + offset);
    const end = Math.min(total, start + limit);
    return { thread: record.id, source, start, end, total, hasMore: end < total };
  }
  const end = Math.max(0, Math.min(total, at ?? total) - offset);
  const start = Math.max(0, end - limit);
  return { thread: record.id, source, start, end, total, hasMore: start > 0 };
}

function positionOf(place: MessagePlace): number {
  const [position] = place;
  if (place.length === 1 && typeof position === "number" && Number.isSafeInteger(position) && position >= 0) {
    return position;
  }
  throw new InvalidRequestError([{ path: ["cursor"], message: "is no place in this transcript" }]);
}

/** The messages of a source, from one place to before another: a row at a time, so that few bodies are in memory. */
export function* readMessages(
  db: Database,
  { thread, source, start, end }: Pick<Stretch, "thread" | "source" | "start" | "end">,
): Generator<PlacedMessage> {
  const row = prepared<Omit<PlacedMessage, "place">>(
    db,
    `SELECT message_id AS messageId, role, created_at AS createdAt, text, json, agent, model,
       input_tokens AS inputTokens, output_tokens AS outputTokens, response_time_ms AS responseTimeMs
     FROM message JOIN message_body ON message_body.message = message.id
     WHERE thread = ? AND source = ? AND position = ?`,
  );
  for (let position = start; position < end; position += 1) {
    yield { ...row.get(thread, source, position)!, place: [position] };
  }
}
