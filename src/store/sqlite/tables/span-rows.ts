import type { StoredVersion } from "../../../model/traces/incoming.ts";
import type { SpanFacts, TraceNode } from "../../../model/traces/node.ts";
import type { Span, SpanMessage } from "../../../model/traces/span.ts";
import type { AddedSpan } from "../../../model/transcripts/turn-speech.ts";
import type { Database } from "../connection/database.ts";
import { createRowUpdate } from "../connection/row-update.ts";
import { SPAN_MESSAGE, type SpanMessageRow, spanMessageRow, toSpanMessage } from "./span-messages.ts";
import { type SpanRow, STATUSES, type TraceRows } from "./trace-rows.ts";

/** A span that comes in, with the row ids its facts name. */
interface Incoming {
  span: Span;
  facts: SpanFacts;
}

/** Writes the rows of spans. */
export interface SpanRows {
  /** What is stored of a span, as far as versions go; its bytes are read only if they are looked at. */
  version(trace: number, spanId: string): StoredVersion | null;
  /**
   * Writes the changed spans of a trace; those that came in with all they say, the others with their new place. Returns
   * those that were not there before, by their ids.
   */
  write(
    trace: { id: number; spanCount: number },
    changed: TraceNode[],
    incoming: Map<string, Incoming>,
    rows: TraceRows,
    originOf: (bytes: Uint8Array) => number,
  ): Map<string, AddedSpan>;
  /** Writes the new places of stored spans. */
  move(changed: TraceNode[], rows: TraceRows): void;
}

interface VersionRow {
  id: number;
  started_at: number;
  started_at_nanos: number;
  ended_at: number | null;
  ended_at_nanos: number;
  is_call: number;
}

/** What a span says, and what follows from the rest of its trace; then what indexes hang on, of both. */
const SAID = [
  "name",
  "operation_name",
  "agent_level",
  "status",
  "started_at_nanos",
  "ended_at",
  "ended_at_nanos",
  "agent_name",
  "model",
  "input_tokens",
  "output_tokens",
  "is_turn",
  "claim_rank",
  "is_call",
  "named_turn",
];
const PLACE = ["cut", "thread_rank", "top", "usage_below"];
const INDEXED = ["parent_span_id", "started_at", "claim_thread", "thread", "turn", "tells"];

export function createSpanRows(db: Database): SpanRows {
  const all = [...SAID, ...PLACE, ...INDEXED];
  const findVersion = db.prepare<[number, string], VersionRow>(
    `SELECT id, started_at, started_at_nanos, ended_at, ended_at_nanos, is_call
     FROM span WHERE trace = ? AND span_id = ?`,
  );
  const findBytes = db.prepare<[number], { payload: Uint8Array; bytes: Uint8Array }>(
    "SELECT payload, bytes FROM span_payload JOIN origin ON origin.id = span_payload.origin WHERE span = ?",
  );
  const add = db.prepare(
    `INSERT INTO span (trace, span_id, ${all.join(", ")}) VALUES (?, ?, ${all.map(() => "?").join(", ")})`,
  );
  const change = createRowUpdate(db, "span", [...SAID, ...PLACE], INDEXED);
  const updatePlace = createRowUpdate(db, "span", PLACE, INDEXED);
  const setSpanCount = db.prepare<[number, number]>("UPDATE trace SET span_count = ? WHERE id = ?");
  const putPayload = db.prepare(
    "INSERT OR REPLACE INTO span_payload (span, payload, origin, claim_key) VALUES (?, ?, ?, ?)",
  );
  const readMessages = db.prepare<[number], SpanMessageRow>(
    `SELECT ${SPAN_MESSAGE} FROM span_message WHERE span = ? ORDER BY position`,
  );
  const dropMessages = db.prepare<[number, number]>(
    "DELETE FROM span_message WHERE span = ? AND position >= ?",
  );
  const addMessage = db.prepare(
    "INSERT INTO span_message (span, position, role, text, json, text_at) VALUES (?, ?, ?, ?, ?, ?)",
  );

  function said({ span, facts }: Incoming): unknown[] {
    return [
      span.name,
      span.operationName,
      Number(span.agentLevel),
      STATUSES.indexOf(span.status),
      span.startedAtNanos,
      span.endedAt,
      span.endedAtNanos,
      span.agentName,
      span.model,
      span.inputTokens,
      span.outputTokens,
      span.isTurn === null ? null : Number(span.isTurn),
      facts.claim?.rank ?? null,
      span.call ? 1 : 0,
      span.call?.turnId ?? null,
    ];
  }

  const place = ({ cut, rank, top, usageBelow }: TraceNode) => [Number(cut), rank, Number(top), usageBelow];

  function indexed(node: TraceNode, rows: TraceRows): unknown[] {
    const { parentSpanId, startedAt, claim, thread, turn, says } = node;
    const turnRow = thread === null || turn === null ? null : (rows.turnRow(thread, turn) ?? null);
    return [parentSpanId, startedAt, claim?.thread ?? null, thread, turnRow, says];
  }
  function storedIndexed({ parentSpanId, startedAt, claimThread, thread, turn, says }: SpanRow): unknown[] {
    return [parentSpanId, startedAt, claimThread, thread, turn, says];
  }

  function moveRow(row: SpanRow, node: TraceNode, rows: TraceRows): void {
    updatePlace(row.id, place(node), storedIndexed(row), indexed(node, rows));
  }

  function writePayload(row: number, span: Span, origin: number): void {
    putPayload.run(row, span.payload, origin, span.threadClaim?.key ?? null);
  }

  /** Adds the messages of a span from a place on; returns their rows. */
  function addMessages(row: number, messages: SpanMessage[], from: number): number[] {
    return messages.slice(from).map((message, index) => {
      const { role, text, json, textAt } = spanMessageRow(message);
      return Number(addMessage.run(row, from + index, role, text, json, textAt).lastInsertRowid);
    });
  }

  function changeMessages(row: number, messages: SpanMessage[]): void {
    const stored = readMessages.all(row).map(toSpanMessage);
    const kept = countSame(stored, messages);
    if (kept < stored.length) dropMessages.run(row, kept);
    addMessages(row, messages, kept);
  }

  return {
    version(trace, spanId) {
      const row = findVersion.get(trace, spanId);
      if (!row) return null;
      let bytes: { payload: Uint8Array; bytes: Uint8Array } | undefined;
      const read = () => {
        bytes ??= findBytes.get(row.id)!;
        return bytes;
      };
      return {
        startedAt: row.started_at,
        startedAtNanos: row.started_at_nanos,
        endedAt: row.ended_at,
        endedAtNanos: row.ended_at_nanos,
        isCall: row.is_call === 1,
        get payload() {
          return read().payload;
        },
        get origin() {
          return read().bytes;
        },
      };
    },

    write(trace, changed, incoming, rows, originOf) {
      const added = new Map<string, AddedSpan>();
      for (const node of changed) {
        const came = incoming.get(node.spanId);
        const row = rows.spanRow(node.spanId);
        if (row === undefined) {
          const { span } = came!;
          const values = [...said(came!), ...place(node), ...indexed(node, rows)];
          const id = Number(add.run(trace.id, node.spanId, ...values).lastInsertRowid);
          writePayload(id, span, originOf(span.origin));
          added.set(node.spanId, { span, messageRows: addMessages(id, span.messages, 0) });
        } else if (came) {
          const { span } = came;
          change(row.id, [...said(came), ...place(node)], storedIndexed(row), indexed(node, rows));
          // All calls have the same, as long as they claim a thread or claim none.
          const isSamePayload =
            row.isCall && span.call && (row.claimThread === null) === (span.threadClaim === null);
          if (!isSamePayload) writePayload(row.id, span, originOf(span.origin));
          changeMessages(row.id, span.messages);
        } else {
          moveRow(row, node, rows);
        }
      }
      if (added.size > 0) setSpanCount.run(trace.spanCount + added.size, trace.id);
      return added;
    },

    move(changed, rows) {
      for (const node of changed) moveRow(rows.spanRow(node.spanId)!, node, rows);
    },
  };
}

/** How many messages at the beginning are the same. */
function countSame(stored: SpanMessage[], messages: SpanMessage[]): number {
  const differs = stored.findIndex(({ role, text, json }, index) => {
    const other = messages[index];
    return other === undefined || role !== other.role || text !== other.text || json !== other.json;
  });
  return differs === -1 ? stored.length : differs;
}
