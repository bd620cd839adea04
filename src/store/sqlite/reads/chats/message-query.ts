import { InvalidRequestError } from "../../../../model/base/errors.ts";
import type { MessagePlace, MessageQuery, PlacedMessage } from "../../../../model/transcripts/message.ts";
import { threadNotFound } from "../../../errors.ts";
import type { MessageBatch } from "../../../roles/chats.ts";
import { batchesOf } from "../../../shared/batches.ts";
import { type Database, prepared } from "../../connection/database.ts";
import { findRecord } from "../../tables/record-rows.ts";
import { OF_TURNS } from "../../tables/transcript-rows.ts";
import type { Read } from "../define-read.ts";
import { BUDGET } from "../read-budget.ts";
import { findTurnSides, readTurnSide, sizeOfSides } from "./turn-messages.ts";

/** The most that one statement reads: messages, and bytes of more than one. */
const READ_ROWS = 100;
const READ_SIZE = 512 * 1024;

/** Messages of a source: those from the position `start` on, before `end`. */
interface Rows {
  thread: number;
  source: number;
  start: number;
  end: number;
}

/** A stretch of a transcript that is found, and not read yet. */
interface Stretch {
  total: number;
  hasMore: boolean;
  count: number;
  size(): number;
  /** One at a time, so that no more bodies are in memory than a batch holds. */
  messages(): Generator<PlacedMessage>;
}

/** A stretch of a transcript, which is found before it is known how large it is. */
export const messagesRead: Read<MessageQuery, MessageBatch> = {
  name: "messages",
  readShort(db, query) {
    const { rows, offset } = BUDGET.messages;
    if (query.limit > rows || query.offset > offset) return null;
    const stretch = findStretch(db, query);
    return stretch.size() <= BUDGET.bytes ? [...readStretch(stretch)] : null;
  },
  pages: messagePages,
};

/** Yields a stretch of a transcript in batches of bounded size. All reads are of one snapshot. */
export function* messagePages(db: Database, query: MessageQuery): Generator<MessageBatch> {
  yield* readStretch(findStretch(db, query));
}

function* readStretch({ total, hasMore, count, messages }: Stretch): Generator<MessageBatch> {
  if (count === 0) yield { messages: [], total, hasMore };
  const sizeOf = ({ text, json }: PlacedMessage) => text.length + json.length;
  for (const batch of batchesOf(messages(), sizeOf)) yield { messages: batch, total, hasMore };
}

function findStretch(db: Database, query: MessageQuery): Stretch {
  const record = findRecord(db, query.projectId, query.threadId, query.now);
  if (record === null) throw threadNotFound(query.threadId);
  const { source, total } = prepared<{ source: number; total: number }>(
    db,
    "SELECT message_source AS source, message_count AS total FROM thread WHERE id = ?",
  ).get(record.id)!;
  // Where there is nothing, any place is past it.
  const asked = total === 0 ? { ...query, cursor: null } : query;
  return source === OF_TURNS
    ? stretchOfTurns(db, record.id, total, asked)
    : stretchOfRows(db, record.id, source, total, asked);
}

function stretchOfTurns(db: Database, thread: number, total: number, query: MessageQuery): Stretch {
  const { sides, hasMore } = findTurnSides(db, thread, query);
  return {
    total,
    hasMore,
    count: sides.length,
    size: () => sizeOfSides(db, sides),
    *messages() {
      for (const side of sides) yield readTurnSide(db, side);
    },
  };
}

/** Positions have no gaps, so where a stretch is follows from how many messages there are. */
function stretchOfRows(
  db: Database,
  thread: number,
  source: number,
  total: number,
  { limit, offset, from, cursor }: MessageQuery,
): Stretch {
  const at = cursor && positionOf(cursor);
  const isForward = from === "oldest";
  const near = isForward
    ? Math.min(total, (at === null ? 0 : at + 1) + offset)
    : Math.max(0, Math.min(total, at ?? total) - offset);
  const start = isForward ? near : Math.max(0, near - limit);
  const end = isForward ? Math.min(total, near + limit) : near;
  return {
    total,
    hasMore: isForward ? end < total : start > 0,
    count: end - start,
    size: () => sizeOfRows(db, { thread, source, start, end }),
    messages: () => readMessages(db, { thread, source, start, end }),
  };
}

function positionOf(place: MessagePlace): number {
  const [position] = place;
  if (place.length === 1 && typeof position === "number" && Number.isSafeInteger(position) && position >= 0) {
    return position;
  }
  throw new InvalidRequestError([{ path: ["cursor"], message: "is no place in this transcript" }]);
}

function sizeOfRows(db: Database, { thread, source, start, end }: Rows): number {
  return prepared<{ size: number }>(
    db,
    `SELECT total(octet_length(text)) + total(octet_length(json)) AS size
     FROM message JOIN message_body ON message_body.message = message.id
     WHERE thread = ? AND source = ? AND position >= ? AND position < ?`,
  ).get(thread, source, start, end)!.size;
}

/** Reads messages by their positions: many at once, but large ones one by one, so that few bodies are in memory. */
export function* readMessages(db: Database, rows: Rows): Generator<PlacedMessage> {
  const read = prepared<Omit<PlacedMessage, "place">>(
    db,
    `SELECT message_id AS messageId, role, created_at AS createdAt, text, json, agent, model,
       input_tokens AS inputTokens, output_tokens AS outputTokens, response_time_ms AS responseTimeMs
     FROM message JOIN message_body ON message_body.message = message.id
     WHERE thread = ? AND source = ? AND position >= ? AND position < ? ORDER BY position`,
  );
  for (let start = rows.start; start < rows.end; ) {
    const many = Math.min(rows.end, start + READ_ROWS);
    const end = sizeOfRows(db, { ...rows, start, end: many }) <= READ_SIZE ? many : start + 1;
    for (const [index, message] of read.all(rows.thread, rows.source, start, end).entries()) {
      yield { ...message, place: [start + index] };
    }
    start = end;
  }
}
