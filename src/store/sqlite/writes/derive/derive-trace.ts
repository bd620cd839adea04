import { TRACE_RULES } from "../../../../model/base/rules-version.ts";
import type { TraceSource } from "../../../../model/traces/graph.ts";
import type { Span, SpanMessage } from "../../../../model/traces/span.ts";
import { speechOf } from "../../../../model/traces/speech.ts";
import { updateTrace } from "../../../../model/traces/update.ts";
import type { Database } from "../../connection/database.ts";
import type { StoredTrace } from "../../tables/row-ids.ts";
import type { SpanRows } from "../../tables/span-rows.ts";
import { createTraceReads } from "../../tables/trace-rows.ts";
import type { ThreadStatistics } from "../spans/thread-statistics.ts";
import type { TurnRows } from "../spans/turn-rows.ts";
import { createTraceWithdrawal } from "../spans/withdraw-trace.ts";
import { createWordRewriting } from "./rewrite-words.ts";

/** What writes the rows of a trace; the statistics are flushed by the caller. */
interface TraceWrites {
  spanRows: SpanRows;
  turnRows: TurnRows;
  statistics: ThreadStatistics;
}

type SpeakingRow = { id: number; spanId: string; isCall: number } & Pick<Span, "agentName" | "model">;

/** A trace of which nothing is known yet. */
const NOTHING_STORED: TraceSource = { span: () => null, children: () => [], belongingTo: () => [] };

/**
 * Makes the function that derives again what follows from the spans of a trace, by the rules of today, inside the
 * caller's transaction: all of it is taken back and worked out as if the spans had just come. What the spans say stays
 * as it is. Costs one write for each span, and holds in memory what the rules look at, not the payloads.
 */
export function createTraceDerivation(
  db: Database,
  { spanRows, turnRows, statistics }: TraceWrites,
): (trace: StoredTrace) => void {
  const traceReads = createTraceReads(db);
  const withdraw = createTraceWithdrawal(db);
  const spans = db.prepare<[number], SpeakingRow>(
    `SELECT id, span_id AS spanId, is_call AS isCall, agent_name AS agentName, model
     FROM span INDEXED BY span_by_key WHERE trace = ?`,
  );
  const messages = db.prepare<[number], Pick<SpanMessage, "role">>(
    "SELECT role FROM span_message WHERE span = ?",
  );
  const rewriteWords = createWordRewriting(db);
  const setRules = db.prepare<[number]>(`UPDATE trace SET rules = ${TRACE_RULES} WHERE id = ?`);

  return (trace) => {
    const says = new Map<string, number>();
    const stored = spans.all(trace.id);
    rewriteWords(trace.id, stored);
    for (const { id, spanId, isCall: _, ...span } of stored) {
      says.set(spanId, speechOf({ ...span, messages: messages.all(id) }));
    }
    // First, so that no row of a turn is known that is gone: a new turn may get its number.
    withdraw(trace.id, statistics);
    const rows = traceReads(trace, trace.spanCount);
    const facts = rows.all().map((stored) => ({ ...stored, says: says.get(stored.spanId)! }));
    const update = updateTrace(NOTHING_STORED, () => null, facts);
    turnRows.write(trace.id, update, rows, statistics);
    spanRows.move(update.spans, rows);
    statistics.spansOfTurnsChanged(trace.id, update, rows, new Map());
    for (const [thread, change] of update.totals) statistics.totalsChanged(thread, change);
    setRules.run(trace.id);
  };
}
