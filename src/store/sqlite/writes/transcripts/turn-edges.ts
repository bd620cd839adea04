import type { ThreadKey } from "../../../../model/traces/node.ts";
import { TITLED } from "../../../../model/transcripts/turn-summary.ts";
import type { FoundSaying, FoundTurn, TurnEdges } from "../../../../model/transcripts/turns-transcript.ts";
import type { Database } from "../../connection/database.ts";
import { SPAN_MESSAGE_START, type StartRow, textStart } from "../../tables/span-messages.ts";

/** What is found by a text, whose start is still to be read. */
type Unread<Found extends FoundTurn> = Omit<Found, "found"> & StartRow;

/** Answers by a look at the ends of an index. */
export function createTurnEdges(db: Database): TurnEdges {
  const columns = "turn_summary.id, turn_summary.started_at AS startedAt";
  const bySaying = "FROM turn_summary INDEXED BY turn_by_saying JOIN span_message";
  const traceId = "(SELECT trace_id FROM trace WHERE trace.id = turn_summary.trace)";
  const titled = db.prepare<[ThreadKey], Unread<FoundTurn>>(
    `SELECT ${SPAN_MESSAGE_START}, ${columns} ${bySaying} ON span_message.id = asked
     WHERE thread = ? AND says > 0 AND says & ${TITLED} ORDER BY started_at, turn_id, ${traceId} LIMIT 1`,
  );
  const saying = db.prepare<[ThreadKey], Unread<Omit<FoundSaying, "isAnswer"> & { isAnswer: number }>>(
    `SELECT ${SPAN_MESSAGE_START}, ${columns}, ended_at AS endedAt, answer_at AS answerAt,
       answered IS NOT NULL AS isAnswer
     ${bySaying} ON span_message.id = coalesce(answered, asked)
     WHERE thread = ? AND says > 0 ORDER BY started_at DESC, turn_id DESC, ${traceId} DESC LIMIT 1`,
  );
  const naming = (column: "agent" | "model") =>
    db.prepare<[ThreadKey], FoundTurn>(
      `SELECT ${column} AS found, ${columns}
       FROM turn INDEXED BY turn_by_start JOIN turn_summary ON turn_summary.id = turn.id
       WHERE turn.thread = ? AND ${column} IS NOT NULL
       ORDER BY turn.started_at DESC, turn.turn_id DESC, ${traceId} DESC LIMIT 1`,
    );
  const named = { agent: naming("agent"), model: naming("model") };
  return {
    firstTitled(thread) {
      const row = titled.get(thread);
      return row ? { ...row, found: textStart(row) } : null;
    },
    lastSaying(thread) {
      const row = saying.get(thread);
      return row ? { ...row, found: textStart(row), isAnswer: row.isAnswer === 1 } : null;
    },
    lastNaming: (thread, what) => named[what].get(thread) ?? null,
  };
}
