import { hash } from "node:crypto";
import { TRACE_RULES } from "../../../../model/base/rules-version.ts";
import { factsOf, type IncomingTrace, incomingTraces, isWinner } from "../../../../model/traces/incoming.ts";
import type { Span } from "../../../../model/traces/span.ts";
import { updateTrace } from "../../../../model/traces/update.ts";
import type { Database } from "../../connection/database.ts";
import { createKeys } from "../../tables/row-ids.ts";
import { createSpanRows } from "../../tables/span-rows.ts";
import { createTraceReads } from "../../tables/trace-rows.ts";
import { createTraceDerivation } from "../derive/derive-trace.ts";
import { createThreadStatistics } from "./thread-statistics.ts";
import { createTurnRows } from "./turn-rows.ts";

/**
 * Makes the function that stores spans inside the caller's transaction, with everything that follows from them: the
 * places of the spans of their traces, turns, and the statistics of threads. A span whose stored version is as great
 * changes nothing; a call changes what is stored whatever it is, and yields to another call only.
 */
export function createSpanWrites(db: Database): (spans: Span[]) => void {
  const keys = createKeys(db);
  const traceReads = createTraceReads(db);
  const spanRows = createSpanRows(db);
  const turnRows = createTurnRows(db);
  const statistics = createThreadStatistics(db);
  const derive = createTraceDerivation(db, { spanRows, turnRows, statistics });

  function writeTrace({ projectId, traceId, versions }: IncomingTrace): void {
    const project = keys.project(projectId);
    const trace = keys.trace(project, traceId);
    const rows = traceReads(trace, versions.length);
    const winners =
      trace.spanCount === 0
        ? versions
        : versions.filter((span) => isWinner(span, (spanId) => spanRows.version(trace.id, spanId)));
    if (winners.length === 0) return;
    // What other rules made and what these make must not be mixed in one trace.
    if (trace.rules !== TRACE_RULES) derive(trace);

    const facts = winners.map((span) => factsOf(span, (threadId) => keys.thread(project, threadId)));
    const update = updateTrace(rows, rows.part, facts);
    turnRows.write(trace.id, update, rows, statistics);
    const incoming = new Map(winners.map((span, index) => [span.spanId, { span, facts: facts[index]! }]));
    const added = spanRows.write(trace, update.spans, incoming, rows, originOf);
    statistics.spansOfTurnsChanged(trace.id, update, rows, added);
    for (const [thread, change] of update.totals) statistics.totalsChanged(thread, change);
  }

  const digests = new WeakMap<Uint8Array, Uint8Array>();
  /** The spans of a batch share the array itself, which is then digested once. */
  function originOf(bytes: Uint8Array): number {
    const digest = digests.get(bytes) ?? hash("sha256", bytes, "buffer");
    digests.set(bytes, digest);
    return keys.origin(bytes, digest);
  }

  return (spans) => {
    try {
      for (const trace of incomingTraces(spans)) writeTrace(trace);
      statistics.flush();
    } finally {
      keys.reset();
      statistics.discard();
    }
  };
}
