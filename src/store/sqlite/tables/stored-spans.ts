import type { Span } from "../../../model/traces/span.ts";
import type { Database } from "../connection/database.ts";
import { SPAN_MESSAGE, type SpanMessageRow, toSpanMessage } from "./span-messages.ts";
import { STATUSES, toAgentLevel } from "./trace-rows.ts";

interface SpanRow {
  row: number;
  spanId: string;
  parentSpanId: string | null;
  name: string;
  operationName: string;
  agentLevel: number | null;
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

const READ = `SELECT s.id AS row, s.span_id AS spanId, s.parent_span_id AS parentSpanId, s.name,
    s.operation_name AS operationName, s.agent_level AS agentLevel, s.status, s.started_at AS startedAt,
    s.started_at_nanos AS startedAtNanos,    s.ended_at AS endedAt, s.ended_at_nanos AS endedAtNanos, s.agent_name AS agentName, s.model,
    s.input_tokens AS inputTokens, s.output_tokens AS outputTokens, s.is_turn AS isTurn, s.is_call AS isCall,
    s.named_turn AS namedTurn, claimed.thread_id AS claimedThread, s.claim_rank AS claimRank, p.claim_key AS claimKey,
    p.payload, origin.bytes AS origin`;
const JOINS = `JOIN span_payload p ON p.span = s.id JOIN origin ON origin.id = p.origin
  LEFT JOIN thread claimed ON claimed.id = s.claim_thread`;

/** Which trace a span is of, by its names. */
interface TraceName {
  projectId: string;
  traceId: string;
}

/** Makes the function that reads the spans of a trace outside one thread (null: all), each as it was written. */
export function createStoredSpans(
  db: Database,
): (trace: { id: number } & TraceName, butOf: number | null) => Span[] {
  const read = db.prepare<[number, number], SpanRow>(
    `${READ} FROM span s INDEXED BY span_by_key ${JOINS} WHERE s.trace = ? AND s.thread IS NOT ?`,
  );
  const toSpan = createToSpan(db);
  return (trace, butOf) => read.all(trace.id, butOf ?? NO_THREAD).map((row) => toSpan(row, trace));
}

/** Makes the function that reads the span in a row, as it was written. */
export function createStoredSpan(db: Database): (row: number, trace: TraceName) => Span {
  const read = db.prepare<[number], SpanRow>(`${READ} FROM span s ${JOINS} WHERE s.id = ?`);
  const toSpan = createToSpan(db);
  return (row, trace) => toSpan(read.get(row)!, trace);
}

function createToSpan(db: Database): (row: SpanRow, trace: TraceName) => Span {
  const messages = db.prepare<[number], SpanMessageRow>(
    `SELECT ${SPAN_MESSAGE} FROM span_message WHERE span = ? ORDER BY position`,
  );
  return (stored, { projectId, traceId }) => {
    const {
      row,
      status,
      agentLevel,
      isTurn,
      isCall,
      namedTurn,
      claimedThread,
      claimRank,
      claimKey,
      ...said
    } = stored;
    return {
      ...said,
      projectId,
      traceId,
      agentLevel: toAgentLevel(agentLevel, said.operationName),
      status: STATUSES[status]!,
      isTurn: isTurn === null ? null : isTurn === 1,
      threadClaim:
        claimedThread === null ? null : { threadId: claimedThread, rank: claimRank!, key: claimKey! },
      messages: messages.all(row).map(toSpanMessage),
      ...(isCall === 1 && { call: { turnId: namedTurn } }),
    };
  };
}
