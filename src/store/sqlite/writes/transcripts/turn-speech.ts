import type { SpanMessage } from "../../../../model/traces/span.ts";
import type { SaidMessage, SaidSpan, TurnSpeech } from "../../../../model/transcripts/turn-speech.ts";
import type { Database } from "../../connection/database.ts";
import { SPAN_MESSAGE_START, type StartRow, textStart } from "../../tables/span-messages.ts";

/** A message, the start of whose text is still to be read. */
type Unread = Pick<SaidMessage, "id"> & StartRow;

/** Answers by index what the stored spans of turns say. */
export function createTurnSpeech(db: Database): TurnSpeech {
  const select =
    "SELECT id, tells AS says, agent_name AS agent, model, coalesce(ended_at, started_at) AS at FROM span";
  const own = db.prepare<[number, string], SaidSpan>(`${select} WHERE trace = ? AND span_id = ?`);
  const speaking = `${select} INDEXED BY span_by_telling WHERE turn = ? AND tells > 0 AND tells & ?
    ORDER BY started_at`;
  const earliest = db.prepare<[number, number], SaidSpan>(`${speaking}, span_id LIMIT 1`);
  const latest = db.prepare<[number, number], SaidSpan>(`${speaking} DESC, span_id DESC LIMIT 1`);
  const ofSpan = `SELECT id, ${SPAN_MESSAGE_START} FROM span_message WHERE span = ? AND role = ? ORDER BY position`;
  const first = db.prepare<[number, SpanMessage["role"]], Unread>(`${ofSpan} LIMIT 1`);
  const last = db.prepare<[number, SpanMessage["role"]], Unread>(`${ofSpan} DESC LIMIT 1`);
  const said = (row: Unread | undefined): SaidMessage | null =>
    row ? { id: row.id, text: textStart(row) } : null;
  return {
    own: ({ trace, turnId }) => own.get(trace, turnId)!,
    earliest: ({ id }, says) => earliest.get(id, says) ?? null,
    latest: ({ id }, says) => latest.get(id, says) ?? null,
    firstMessage: (span, role) => said(first.get(span, role)),
    lastMessage: (span, role) => said(last.get(span, role)),
  };
}
