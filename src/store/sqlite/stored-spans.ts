import type { Span, SpanMessage } from "../../model/span.ts";
import type { Database } from "./database.ts";
import { STATUSES } from "./trace-rows.ts";

interface SpanRow {
  row: number;
  spanId: string;
  parentSpanId: string | null;
  name: string;
  operationName: string;
  status: number;
  startedAt: number;
  startedAtNanos: number;
  endedAt: number | null;
  endedAtNanos: number;
  agentName: string | null;
  model: string | null;
  inputTokens: number | null;
  outputTokens: number | null;
  isTurn: number | null;
  isCall: number;
  namedTurn: string | null;
  claimedThread: string | null;
  claimRank: number | null;
  claimKey: string | null;
  payload: Uint8Array;
  origin: Uint8Array;
}

/** No row has this id. */
const NO_THREAD = 0;

/** Makes the function that reads the spans of a trace outside one thread (null: all), each as it was written. */
export function createStoredSpans(
  db: Database,
): (trace: { id: number; projectId: string; traceId: string }, butOf: number | null) => Span[] {
  const read = db.prepare<[number, number], SpanRow>(
    `SELECT s.id AS row, s.span_id AS spanId, s.parent_span_id AS parentSpanId, s.name,
       s.operation_name AS operationName, s.status, s.started_at AS startedAt, s.started_at_nanos AS startedAtNanos,
       s.ended_at AS endedAt, s.ended_at_nanos AS endedAtNanos, s.agent_name AS agentName, s.model,
       s.input_tokens AS inputTokens, s.output_tokens AS outputTokens, s.is_turn AS isTurn, s.is_call AS isCall, s.named_turn AS namedTurn,
       claimed.thread_id AS claimedThread, s.claim_rank AS claimRank, p.claim_key AS claimKey, p.payload,
       origin.bytes AS origin
     FROM span s INDEXED BY span_by_key JOIN span_payload p ON p.span = s.id JOIN origin ON origin.id = p.origin
       LEFT JOIN thread claimed ON claimed.id = s.claim_thread
     WHERE s.trace = ? AND s.thread IS NOT ?`,
  );
  const messages = db.prepare<[number], SpanMessage>(
    "SELECT role, text, json FROM span_message WHERE span = ? ORDER BY position",
  );

  return ({ id, projectId, traceId }, butOf) =>
    read.all(id, butOf ?? NO_THREAD).map((stored) => {
      const { row, status, isTurn, isCall, namedTurn, claimedThread, claimRank, claimKey, ...said } = stored;
      return {
        ...said,
        projectId,
        traceId,
        status: STATUSES[status]!,
        isTurn: isTurn === null ? null : isTurn === 1,
        threadClaim:
          claimedThread === null ? null : { threadId: claimedThread, rank: claimRank!, key: claimKey! },
        messages: messages.all(row),
        ...(isCall === 1 && { call: { turnId: namedTurn } }),
      };
    });
}
