import type { Database } from "../../connection/database.ts";
import { type CallBody, createCallBodies } from "../../tables/call-bodies.ts";
import { SPAN_MESSAGE, type SpanMessageRow, spanMessageRow } from "../../tables/span-messages.ts";

/** A span whose words are looked at. */
interface SayingSpan {
  id: number;
  spanId: string;
  isCall: number;
}

interface StoredMessage extends SpanMessageRow {
  id: number;
  span: number;
  position: number;
}

/** Spans whose messages and documents are in memory at once. */
const SPANS_AT_ONCE = 50;

/**
 * Makes the function that has the words of the spans of a trace, and of its calls, stand where they are kept today, if
 * an older version wrote them. Rows that become shorter are taken out together and put in again: SQLite leaves what is
 * free in a page to that page, and joins only pages that are nearly empty.
 */
export function createWordRewriting(db: Database): (trace: number, spans: SayingSpan[]) => void {
  const bodies = createCallBodies(db);
  const messagesOf = db.prepare<[number], StoredMessage>(
    `SELECT id, span, position, ${SPAN_MESSAGE} FROM span_message WHERE span = ?`,
  );
  const remove = db.prepare<[number]>("DELETE FROM span_message WHERE id = ?");
  const add = db.prepare(
    "INSERT INTO span_message (id, span, position, role, text, json, text_at) VALUES (?, ?, ?, ?, ?, ?, ?)",
  );
  const projectOf = db.prepare<[number], number>("SELECT project FROM trace WHERE id = ?").pluck();

  function rewriteMessages(spans: SayingSpan[]): void {
    const rows = spans
      .flatMap(({ id }) => messagesOf.all(id))
      .filter(({ textAt }) => textAt === null)
      .map((row) => ({ ...row, ...spanMessageRow(row) }))
      .filter(({ textAt }) => textAt !== null);
    for (const { id } of rows) remove.run(id);
    for (const { id, span, position, role, text, json, textAt } of rows) {
      add.run(id, span, position, role, text, json, textAt);
    }
  }

  function rewriteCalls(project: number, calls: SayingSpan[]): void {
    const rewritten = calls.flatMap(({ spanId }): CallBody[] => {
      const stored = bodies.find(project, spanId);
      // Of a thread that is removed in parts, calls may be gone before their spans.
      const anew = stored && bodies.keptAnew(stored);
      return anew ? [anew] : [];
    });
    for (const { id } of rewritten) bodies.remove(id);
    for (const body of rewritten) bodies.add(body);
  }

  return (trace, spans) => {
    const project = projectOf.get(trace)!;
    for (let start = 0; start < spans.length; start += SPANS_AT_ONCE) {
      const some = spans.slice(start, start + SPANS_AT_ONCE);
      rewriteMessages(some);
      rewriteCalls(
        project,
        some.filter(({ isCall }) => isCall === 1),
      );
    }
  };
}
