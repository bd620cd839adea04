import { durationMilliseconds } from "../../../../model/base/instant.ts";
import type {
  ConversationSpansQuery,
  SpanDetails,
  SpanMessage,
  StoredSpan,
} from "../../../../model/traces/span.ts";
import type { ConversationSpans } from "../../../roles/spans.ts";
import { type Database, findProject, prepared } from "../../connection/database.ts";
import { createFeedbackReads } from "../../tables/feedback-rows.ts";
import { SPAN_MESSAGE, type SpanMessageRow, toSpanMessage } from "../../tables/span-messages.ts";
import { STATUSES } from "../../tables/trace-rows.ts";
import { defineRead } from "../define-read.ts";
import { BUDGET } from "../read-budget.ts";

/** Spans of one read, and about the most that a batch holds. */
const PAGE_SPANS = 500;

/** Conversations of a batch, where they are small. */
const PAGE_CONVERSATIONS = 100;

interface SpanRow {
  row: number;
  traceId: string;
  spanId: string;
  operationName: string;
  status: number;
  startedAt: number;
  endedAt: number | null;
}

type DetailsRow = SpanRow & Omit<SpanDetails, "startedAt" | "endedAt" | "messages">;

/** The spans after a place in the order (startedAt, spanId, traceId) that start before an instant. */
interface Window {
  from: number;
  fromSpan: string;
  fromTrace: string;
  before: number;
}

/** The spans of conversations. */
export const spansRead = defineRead({ name: "spans", fitsMainThread, pages: spanPages });

/** Whether few conversations are asked for, with few spans and no messages. */
function fitsMainThread(db: Database, query: ConversationSpansQuery): boolean {
  if (query.conversationIds.length > BUDGET.spans.conversations || query.view === "messages") return false;
  const project = findProject(db, query.projectId);
  if (project === null) return true;
  let spans = 0;
  for (const id of query.conversationIds) {
    const stored = findThread(db, project, id, query.now)?.spanCount ?? 0;
    spans += Math.min(stored, query.maxSpansPerConversation ?? stored);
  }
  return spans <= BUDGET.spans.spans;
}

/**
 * Yields the conversations of a query in the order of its ids, in batches of bounded size.
 *
 * Costs an index lookup a conversation, the rows of the spans returned and, where the project has feedback on turns at
 * all, an index lookup a trace. Reads no payload; messages only when asked for. The caller sees to it that all reads
 * are of one snapshot.
 */
export function* spanPages(db: Database, query: ConversationSpansQuery): Generator<ConversationSpans[]> {
  const project = findProject(db, query.projectId);
  const feedbackOf = createFeedbackReads(db, project);
  let batch: ConversationSpans[] = [];
  let batchSpans = 0;
  for (const [position, conversationId] of query.conversationIds.entries()) {
    const traces = new Set<string>();
    const thread = project === null ? undefined : findThread(db, project, conversationId, query.now);
    const isThere = thread !== undefined && !thread.isGone;
    for (const { spans, isLast } of isThere ? conversationPages(db, thread.id, query) : [NO_SPANS]) {
      for (const { traceId } of spans) traces.add(traceId);
      const feedback = isLast && !thread?.isGone ? feedbackOf(conversationId, traces) : [];
      batch.push({ position, conversationId, spans, feedback, continues: !isLast });
      batchSpans += spans.length;
      if (batchSpans >= PAGE_SPANS || batch.length >= PAGE_CONVERSATIONS) {
        yield batch;
        batch = [];
        batchSpans = 0;
      }
    }
  }
  if (batch.length > 0) yield batch;
}

const NO_SPANS: { spans: StoredSpan[]; isLast: boolean } = { spans: [], isLast: true };

interface ThreadRow {
  id: number;
  spanCount: number;
  /** 1 if its time is up, and all of it with it. */
  isGone: number;
}

function findThread(db: Database, project: number, threadId: string, now: number): ThreadRow | undefined {
  return prepared<ThreadRow>(
    db,
    `SELECT id, span_count AS spanCount, ttl_strategy IS 'delete' AND expires_at <= ? AS isGone
     FROM thread WHERE project = ? AND thread_id = ?`,
  ).get(now, project, threadId);
}

function* conversationPages(
  db: Database,
  thread: number,
  query: ConversationSpansQuery,
): Generator<{ spans: StoredSpan[]; isLast: boolean }> {
  const window: Window = {
    from: query.startedAfter ?? Number.MIN_SAFE_INTEGER,
    fromSpan: "", // before every id
    fromTrace: "",
    before: query.startedBefore ?? Number.MAX_SAFE_INTEGER,
  };
  if (query.maxSpansPerConversation !== null) {
    const oldest = oldestOfNewest(db, thread, window, query.maxSpansPerConversation);
    if (oldest) Object.assign(window, oldest);
  }
  const read = prepared<SpanRow | DetailsRow>(db, pageStatement(query.view !== "basic"));
  for (;;) {
    const { from, fromSpan, fromTrace, before } = window;
    const rows = read.all(thread, before, from, fromSpan, fromTrace, PAGE_SPANS);
    const isLast = rows.length < PAGE_SPANS;
    yield { spans: rows.map((row) => toSpan(db, row, query)), isLast };
    if (isLast) return;
    const end = rows.at(-1)!;
    window.from = end.startedAt;
    window.fromSpan = end.spanId;
    window.fromTrace = end.traceId;
  }
}

/** The place just before the newest spans of a window, as many as wanted; undefined if there are not more. */
function oldestOfNewest(
  db: Database,
  thread: number,
  window: Window,
  wanted: number,
): Omit<Window, "before"> | undefined {
  return prepared<Omit<Window, "before">>(
    db,
    `SELECT started_at AS "from", span_id AS fromSpan, trace_id AS fromTrace
     FROM span INDEXED BY span_by_thread JOIN trace ON trace.id = span.trace
     WHERE thread = ? AND started_at >= ? AND started_at < ?
     ORDER BY started_at DESC, span_id DESC, trace_id DESC LIMIT 1 OFFSET ?`,
  ).get(thread, window.from, window.before, wanted);
}

function pageStatement(withDetails: boolean): string {
  const details = withDetails
    ? `, name, parent_span_id AS parentSpanId, CASE is_call WHEN 1 THEN named_turn ELSE turn_id END AS turnId, agent_name AS agentName, model,
       input_tokens AS inputTokens, output_tokens AS outputTokens`
    : "";
  return `SELECT span.id AS row, trace_id AS traceId, span_id AS spanId, operation_name AS operationName, status,
      span.started_at AS startedAt, span.ended_at AS endedAt${details}
    FROM span INDEXED BY span_by_thread JOIN trace ON trace.id = span.trace
      ${withDetails ? "LEFT JOIN turn ON turn.id = span.turn" : ""}
    WHERE span.thread = ? AND span.started_at < ? AND (span.started_at, span_id, trace_id) > (?, ?, ?)
    ORDER BY span.started_at, span_id, trace_id LIMIT ?`;
}

function toSpan(db: Database, row: SpanRow | DetailsRow, query: ConversationSpansQuery): StoredSpan {
  const { traceId, spanId, operationName, startedAt, endedAt } = row;
  const status = STATUSES[row.status]!;
  const durationMs = durationMilliseconds(startedAt, endedAt);
  const span: StoredSpan = { traceId, spanId, operationName, status, durationMs };
  if (!("name" in row)) return span;
  const { name, parentSpanId, turnId, agentName, model, inputTokens, outputTokens } = row;
  const messages = query.view === "messages" ? readMessages(db, row.row) : [];
  const details = {
    name,
    parentSpanId,
    turnId,
    startedAt,
    endedAt,
    agentName,
    model,
    inputTokens,
    outputTokens,
  };
  return { ...span, details: { ...details, messages } };
}

function readMessages(db: Database, span: number): SpanMessage[] {
  const statement = `SELECT ${SPAN_MESSAGE} FROM span_message WHERE span = ? ORDER BY position`;
  return prepared<SpanMessageRow>(db, statement).all(span).map(toSpanMessage);
}
