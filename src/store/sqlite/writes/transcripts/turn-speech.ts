import type { SpanMessage } from "../../../../model/traces/span.ts";
import type { SaidMessage, SaidSpan, TurnSpeech } from "../../../../model/transcripts/turn-speech.ts";
import type { Database } from "../../connection/database.ts";
import { MESSAGE_START } from "../../tables/message-start.ts";

/** Answers by index what the stored spans of turns say. */
export function createTurnSpeech(db: Database): TurnSpeech {
  const select =
    "SELECT id, tells AS says, agent_name AS agent, model, coalesce(ended_at, started_at) AS at FROM span";
  const own = db.prepare<[number, string], SaidSpan>(`${select} WHERE trace = ? AND span_id = ?`);
  const speaking = `${select} INDEXED BY span_by_telling WHERE turn = ? AND tells > 0 AND tells & ?
    ORDER BY started_at`;
  const earliest = db.prepare<[number, number], SaidSpan>(`${speaking}, span_id LIMIT 1`);
  const latest = db.prepare<[number, number], SaidSpan>(`${speaking} DESC, span_id DESC LIMIT 1`);
  const ofSpan = `SELECT id, ${MESSAGE_START} AS text FROM span_message WHERE span = ? AND role = ? ORDER BY position`;
  const first = db.prepare<[number, SpanMessage["role"]], SaidMessage>(`${ofSpan} LIMIT 1`);
  const last = db.prepare<[number, SpanMessage["role"]], SaidMessage>(`${ofSpan} DESC LIMIT 1`);
  return {
    own: ({ trace, turnId }) => own.get(trace, turnId)!,
    earliest: ({ id }, says) => earliest.get(id, says) ?? null,
    latest: ({ id }, says) => latest.get(id, says) ?? null,
    firstMessage: (span, role) => first.get(span, role) ?? null,
    lastMessage: (span, role) => last.get(span, role) ?? null,
  };
}
