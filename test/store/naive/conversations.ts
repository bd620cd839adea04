import type { Feedback, SpanFeedback } from "../../../src/model/feedback/feedback.ts";
import type { ConversationSpansQuery, Span, SpanView, StoredSpan } from "../../../src/model/traces/span.ts";
import type { ConversationSpans } from "../../../src/store/roles/spans.ts";
import { compareText } from "./order.ts";
import type { NaiveThread } from "./project.ts";
import { millisecondsBetween } from "./time.ts";

/** The types of feedback that show beside spans. */
const AGENT_FEEDBACK = ["wandb.agent_user_feedback", "wandb.agent_monitor"];

/** One whole entry for each id of a query. */
export function selectConversations(
  threads: Map<string, NaiveThread>,
  feedback: Feedback[],
  query: ConversationSpansQuery,
): ConversationSpans[] {
  return query.conversationIds.map((conversationId, position) => {
    const spans = selectSpans(threads.get(conversationId)?.spans ?? [], query);
    return {
      position,
      conversationId,
      spans: spans.map(({ span, turnId }) =>
        storedSpan(span, span.call ? span.call.turnId : turnId, query.view),
      ),
      feedback: selectFeedback(
        conversationId,
        new Set(spans.map(({ span }) => span.traceId)),
        feedback,
        query,
      ),
      continues: false,
    };
  });
}

function selectSpans(spans: NaiveThread["spans"], query: ConversationSpansQuery): NaiveThread["spans"] {
  const { startedAfter, startedBefore, maxSpansPerConversation } = query;
  const selected = spans
    .filter(({ span }) => startedAfter === null || span.startedAt >= startedAfter)
    .filter(({ span }) => startedBefore === null || span.startedAt < startedBefore)
    .toSorted((a, b) => compareSpans(a.span, b.span));
  return maxSpansPerConversation === null
    ? selected
    : selected.slice(Math.max(0, selected.length - maxSpansPerConversation));
}

function compareSpans(a: Span, b: Span): number {
  return a.startedAt - b.startedAt || compareText(a.spanId, b.spanId) || compareText(a.traceId, b.traceId);
}

function storedSpan(span: Span, turnId: string | null, view: SpanView): StoredSpan {
  const { traceId, spanId, operationName, status, startedAt, endedAt } = span;
  const basic = {
    traceId,
    spanId,
    operationName,
    status,
    durationMs: millisecondsBetween(startedAt, endedAt),
  };
  if (view === "basic") return basic;
  const { name, parentSpanId, agentName, model, inputTokens, outputTokens } = span;
  const messages = view === "messages" ? span.messages : [];
  return {
    ...basic,
    details: {
      name,
      parentSpanId,
      turnId,
      startedAt,
      endedAt,
      agentName,
      model,
      inputTokens,
      outputTokens,
      messages,
    },
  };
}

function selectFeedback(
  conversationId: string,
  traceIds: Set<string>,
  feedback: Feedback[],
  query: ConversationSpansQuery,
): SpanFeedback[] {
  const shown = feedback
    .filter((each) => each.projectId === query.projectId)
    .filter((each) => AGENT_FEEDBACK.includes(each.feedbackType))
    .toSorted((a, b) => a.createdAt - b.createdAt || compareText(a.id, b.id));
  return [
    ...shown.filter(({ target }) => target.kind === "conversation" && target.id === conversationId),
    ...shown.filter(({ target }) => target.kind === "turn" && traceIds.has(target.id)),
  ].map(({ target, feedbackType, tags, ratings }) => ({
    traceId: target.kind === "turn" ? target.id : null,
    feedbackType,
    tags,
    ratings,
  }));
}
