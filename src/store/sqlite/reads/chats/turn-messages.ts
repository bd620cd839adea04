import type { Instant } from "../../../../model/base/instant.ts";
import type { MessageQuery, PlacedMessage } from "../../../../model/transcripts/message.ts";
import { TURN_SIDES, turnMessage } from "../../../../model/transcripts/turn-messages.ts";
import { ANSWERED, ASKED } from "../../../../model/transcripts/turn-summary.ts";
import { type Database, prepared } from "../../connection/database.ts";
import {
  SPAN_MESSAGE,
  SPAN_MESSAGE_SIZE,
  type SpanMessageRow,
  toSpanMessage,
} from "../../tables/span-messages.ts";
import { turnAt, walkTurns } from "../turns/turn-walk.ts";

/** A message of a turn: what was asked (0) or what was answered (1). */
interface TurnSide {
  turn: number;
  side: number;
}

const BITS = [ASKED, ANSWERED];
const COLUMNS = ["asked", "answered"];

/** Where in a thread's turns a stretch of its transcript is, in the order of the transcript. Reads index entries. */
export function findTurnSides(
  db: Database,
  thread: number,
  { limit, offset, from, cursor }: Pick<MessageQuery, "limit" | "offset" | "from" | "cursor">,
): { sides: TurnSide[]; hasMore: boolean } {
  const start = cursor && turnAt(cursor, 4);
  const order = from === "oldest" ? [0, 1] : [1, 0];
  const sides: TurnSide[] = [];
  let skipped = 0;
  let hasMore = false;
  for (const { turn, says, isStart } of walkTurns(db, "saying", thread, from, start)) {
    const past = isStart ? order.indexOf(Number(cursor?.[3])) : -1;
    const ahead = order.slice(past + 1).filter((side) => says & BITS[side]!);
    const wanted = ahead.slice(Math.min(ahead.length, offset - skipped));
    skipped += ahead.length - wanted.length;
    for (const side of wanted) if (sides.length <= limit) sides.push({ turn, side });
    hasMore = sides.length > limit;
    if (hasMore) break;
  }
  sides.length = Math.min(sides.length, limit);
  return { sides: from === "oldest" ? sides : sides.reverse(), hasMore };
}

/** How many bytes their bodies have. */
export function sizeOfSides(db: Database, sides: TurnSide[]): number {
  return sides.reduce((total, { turn, side }) => {
    const sql = `SELECT ${SPAN_MESSAGE_SIZE} AS size
      FROM turn_summary JOIN span_message ON span_message.id = ${COLUMNS[side]} WHERE turn_summary.id = ?`;
    return total + prepared<{ size: number }>(db, sql).get(turn)!.size;
  }, 0);
}

interface SideRow extends SpanMessageRow {
  turnId: string;
  traceId: string;
  startedAt: Instant;
  endedAt: Instant | null;
  durationMs: number | null;
  agent: string | null;
  model: string | null;
  spanStartedAt: Instant;
  spanEndedAt: Instant | null;
  inputTokens: number | null;
  outputTokens: number | null;
}

/** A side of a turn as a message. */
export function readTurnSide(db: Database, { turn, side }: TurnSide): PlacedMessage {
  const row = prepared<SideRow>(
    db,
    `SELECT turn_id AS turnId, trace_id AS traceId, turn_summary.started_at AS startedAt,
       turn_summary.ended_at AS endedAt, response_ms AS durationMs, agent, turn_summary.model,
       ${SPAN_MESSAGE}, span.started_at AS spanStartedAt, span.ended_at AS spanEndedAt,
       span.input_tokens AS inputTokens, span.output_tokens AS outputTokens
     FROM turn_summary JOIN trace ON trace.id = turn_summary.trace
       JOIN span_message ON span_message.id = ${COLUMNS[side]} JOIN span ON span.id = span_message.span
     WHERE turn_summary.id = ?`,
  ).get(turn)!;
  const { role, text, json, textAt, spanStartedAt, spanEndedAt, inputTokens, outputTokens, ...of } = row;
  const answering = { startedAt: spanStartedAt, endedAt: spanEndedAt, inputTokens, outputTokens };
  const message = turnMessage(
    of,
    toSpanMessage({ role, text, json, textAt }),
    role === TURN_SIDES[1] ? answering : null,
  );
  return { ...message, place: [of.startedAt, of.turnId, of.traceId, side] };
}
