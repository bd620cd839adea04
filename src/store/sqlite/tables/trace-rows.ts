import type { Instant } from "../../../model/base/instant.ts";
import type { TraceSource } from "../../../model/traces/graph.ts";
import { GROUP_TURN, type ThreadKey, type TraceNode } from "../../../model/traces/node.ts";
import type { Part } from "../../../model/traces/part.ts";
import type { SpanStatus } from "../../../model/traces/span.ts";
import { wasAgentLevel } from "../../shared/older-spans.ts";
import type { Database } from "../connection/database.ts";

/** The statuses of spans as their column has them. */
export const STATUSES: readonly SpanStatus[] = ["UNSET", "OK", "ERROR"];

/** The stored part of a trace in a thread. */
interface StoredPart extends Part {
  id: number;
  groupTurn: number | null;
}

/** A stored span, as far as indexes hang on it, and whether it is a call. */
export interface SpanRow {
  id: number;
  isCall: boolean;
  parentSpanId: string | null;
  startedAt: Instant;
  claimThread: ThreadKey | null;
  thread: ThreadKey | null;
  turn: number | null;
  says: number;
}

/**
 * The stored rows of one trace, as the model's graph reads them. Remembers the rows of the spans and turns it has
 * read, for the writes that follow.
 */
export interface TraceRows extends TraceSource {
  /** All spans, each as it is stored. */
  all(): TraceNode[];
  /** The row of a span the graph has loaded. */
  spanRow(spanId: string): SpanRow | undefined;
  /** The row of a turn that a loaded span or part is in. */
  turnRow(thread: ThreadKey, key: string): number | undefined;
  rememberTurn(thread: ThreadKey, key: string, row: number): void;
  part(thread: ThreadKey): StoredPart | null;
}

interface NodeRow {
  id: number;
  span_id: string;
  parent_span_id: string | null;
  operation_name: string;
  agent_level: number | null;
  status: number;
  started_at: number;
  ended_at: number | null;
  input_tokens: number | null;
  output_tokens: number | null;
  is_turn: number | null;
  is_call: number;
  claim_thread: number | null;
  claim_rank: number | null;
  cut: number;
  thread: number | null;
  thread_rank: number;
  top: number;
  usage_below: number;
  tells: number;
  turn: number | null;
  turn_id: string | null;
  is_group: number | null;
}

interface PartRow {
  id: number;
  spans: number;
  flagged: number;
  tops: number;
  agents: number;
  group_turn: number | null;
  group_first: string | null;
  group_started_at: number;
  group_last_end: number | null;
  group_running: number;
  group_failed: number;
}

/** A trace of so many spans more than twice those that come in is read span by span, as far as it is looked at. */
const MORE_SPANS = 4;

/** Prepares the reads once; the returned function gives the rows of a trace, of which some spans come in. */
export function createTraceReads(
  db: Database,
): (trace: { id: number; spanCount: number }, incoming: number) => TraceRows {
  const select = `SELECT s.id, s.span_id, s.parent_span_id, s.operation_name, s.agent_level, s.status, s.started_at,
      s.ended_at, s.input_tokens, s.output_tokens, s.is_turn, s.is_call, s.claim_thread, s.claim_rank, s.cut, s.thread, s.thread_rank,
      s.top, s.usage_below, s.tells, s.turn, t.turn_id, t.is_group
    FROM span s LEFT JOIN turn t ON t.id = s.turn`;
  const bySpanId = db.prepare<[number, string], NodeRow>(`${select} WHERE s.trace = ? AND s.span_id = ?`);
  const whole = db.prepare<[number], NodeRow>(
    `${select.replace("span s", "span s INDEXED BY span_by_key")} WHERE s.trace = ?`,
  );
  const byParent = db.prepare<[number, string], NodeRow>(
    `${select} WHERE s.trace = ? AND s.parent_span_id = ?`,
  );
  const threadSpans = db.prepare<[ThreadKey], number>("SELECT span_count FROM thread WHERE id = ?").pluck();
  const ofTrace = db.prepare<[number, ThreadKey], NodeRow>(
    `${select.replace("span s", "span s INDEXED BY span_by_key")} WHERE s.trace = ? AND s.thread = ?`,
  );
  const ofThread = db.prepare<[number, ThreadKey], NodeRow>(
    `${select.replace("span s", "span s INDEXED BY span_by_thread")} WHERE s.trace = ? AND s.thread = ?`,
  );
  const partRow = db.prepare<[number, ThreadKey], PartRow>(
    "SELECT * FROM part WHERE trace = ? AND thread = ?",
  );

  return (trace, incoming) => {
    const spanRows = new Map<string, SpanRow>();
    const turnRows = new Map<string, number>();
    const parts = new Map<ThreadKey, StoredPart | null>();
    const isNew = trace.spanCount === 0;
    const isSmall = trace.spanCount <= 2 * incoming + MORE_SPANS;
    let rows: NodeRow[] | undefined;

    /** All spans of a small trace, read at once. */
    function allRows(): NodeRow[] {
      rows ??= isNew ? [] : whole.all(trace.id);
      return rows;
    }

    function rememberTurn(thread: ThreadKey, key: string, row: number): void {
      turnRows.set(`${thread}/${key}`, row);
    }

    function read(row: NodeRow): TraceNode {
      const {
        id,
        parent_span_id: parentSpanId,
        started_at: startedAt,
        claim_thread: claimThread,
        thread,
        turn,
        tells: says,
      } = row;
      const isCall = row.is_call === 1;
      spanRows.set(row.span_id, { id, isCall, parentSpanId, startedAt, claimThread, thread, turn, says });
      const node = toNode(row);
      if (node.thread !== null && node.turn !== null) rememberTurn(node.thread, node.turn, row.turn!);
      return node;
    }

    return {
      all: () => allRows().map(read),
      span(spanId) {
        const row = isSmall
          ? allRows().find((one) => one.span_id === spanId)
          : bySpanId.get(trace.id, spanId);
        return row ? read(row) : null;
      },
      children(spanId) {
        const found = isSmall
          ? allRows().filter((one) => one.parent_span_id === spanId)
          : byParent.all(trace.id, spanId);
        return found.map(read);
      },
      belongingTo(thread) {
        if (isSmall)
          return allRows()
            .filter((one) => one.thread === thread)
            .map(read);
        // Through whichever has fewer spans in all.
        const reads = (threadSpans.get(thread) ?? 0) < trace.spanCount ? ofThread : ofTrace;
        return reads.all(trace.id, thread).map(read);
      },
      spanRow: (spanId) => spanRows.get(spanId),
      turnRow: (thread, key) => turnRows.get(`${thread}/${key}`),
      rememberTurn,
      part(thread) {
        const known = parts.get(thread);
        if (known !== undefined) return known;
        const row = isNew ? undefined : partRow.get(trace.id, thread);
        const part = row ? toPart(row) : null;
        if (part && part.groupTurn !== null) rememberTurn(thread, GROUP_TURN, part.groupTurn);
        parts.set(thread, part);
        return part;
      },
    };
  };
}

function toNode(row: NodeRow): TraceNode {
  return {
    spanId: row.span_id,
    parentSpanId: row.parent_span_id,
    claim: row.claim_thread === null ? null : { thread: row.claim_thread, rank: row.claim_rank! },
    isTurn: row.is_turn === null ? null : row.is_turn === 1,
    inherits: row.is_call === 0,
    agentLevel: toAgentLevel(row.agent_level, row.operation_name),
    startedAt: row.started_at,
    endedAt: row.ended_at,
    failed: STATUSES[row.status] === "ERROR",
    inputTokens: row.input_tokens ?? 0,
    outputTokens: row.output_tokens ?? 0,
    says: row.tells,
    cut: row.cut === 1,
    thread: row.thread,
    rank: row.thread_rank,
    top: row.top === 1,
    turn: row.turn === null ? null : row.is_group === 1 ? GROUP_TURN : row.turn_id,
    usageBelow: row.usage_below,
  };
}

/** Rows from before the column have null in it. */
export function toAgentLevel(stored: number | null, operationName: string): boolean {
  return stored === null ? wasAgentLevel(operationName) : stored === 1;
}

function toPart(row: PartRow): StoredPart {
  const { id, spans, flagged, tops, agents } = row;
  const group =
    row.group_first === null
      ? null
      : {
          firstSpanId: row.group_first,
          startedAt: row.group_started_at,
          lastEnd: row.group_last_end,
          running: row.group_running,
          failed: row.group_failed,
        };
  return { id, spans, flagged, tops, agents, group, groupTurn: row.group_turn };
}
