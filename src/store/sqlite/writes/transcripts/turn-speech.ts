import type { Instant } from "../../../../model/base/instant.ts";
import type { SpanMessage } from "../../../../model/traces/span.ts";
import { ANSWERS, ASKS, NAMES_AGENT, NAMES_MODEL } from "../../../../model/traces/telling.ts";
import type { Database } from "../../connection/database.ts";
import { MESSAGE_START } from "../../tables/message-start.ts";

/** A span of a turn, as far as it tells of it. */
interface TellingSpan {
  id: number;
  tells: number;
  agent: string | null;
  model: string | null;
  /** When it ended; when it started, while it runs. */
  at: Instant;
}

/** A message of a span, and the start of its text. */
interface MessageStart {
  id: number;
  start: string;
}

/** Reads by index what the spans of a turn say: see `saidInTurn`. */
export interface TurnSpeech {
  /** The span that is the turn. */
  own(trace: number, spanId: string): TellingSpan;
  messages(
    turn: number,
    own: TellingSpan | null,
  ): {
    asked: MessageStart | null;
    answered: (MessageStart & { at: Instant }) | null;
  };
  /** Of the latest span that names one. */
  agent(turn: number): string | null;
  model(turn: number): string | null;
}

export function createTurnSpeech(db: Database): TurnSpeech {
  const select =
    "SELECT id, tells, agent_name AS agent, model, coalesce(ended_at, started_at) AS at FROM span";
  const own = db.prepare<[number, string], TellingSpan>(`${select} WHERE trace = ? AND span_id = ?`);
  const telling = `${select} INDEXED BY span_by_telling WHERE turn = ? AND tells > 0 AND tells & ?
    ORDER BY started_at`;
  const earliest = db.prepare<[number, number], TellingSpan>(`${telling}, span_id LIMIT 1`);
  const latest = db.prepare<[number, number], TellingSpan>(`${telling} DESC, span_id DESC LIMIT 1`);
  const ofSpan = `SELECT id, ${MESSAGE_START} AS start FROM span_message WHERE span = ? AND role = ? ORDER BY position`;
  const first = db.prepare<[number, SpanMessage["role"]], MessageStart>(`${ofSpan} LIMIT 1`);
  const last = db.prepare<[number, SpanMessage["role"]], MessageStart>(`${ofSpan} DESC LIMIT 1`);

  function answerOf(span: TellingSpan | undefined) {
    const message = span && last.get(span.id, "assistant");
    return message ? { ...message, at: span.at } : null;
  }

  return {
    own: (trace, spanId) => own.get(trace, spanId)!,
    messages(turn, own) {
      if (own && own.tells & (ASKS | ANSWERS)) {
        return { asked: last.get(own.id, "user") ?? null, answered: answerOf(own) };
      }
      const asking = earliest.get(turn, ASKS);
      const asked = (asking && first.get(asking.id, "user")) ?? null;
      return { asked, answered: answerOf(latest.get(turn, ANSWERS)) };
    },
    agent: (turn) => latest.get(turn, NAMES_AGENT)?.agent ?? null,
    model: (turn) => latest.get(turn, NAMES_MODEL)?.model ?? null,
  };
}
