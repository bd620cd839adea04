import type { FastifyReply, FastifyRequest } from "fastify";
import { stripSkinTones } from "../../../model/feedback/emoji.ts";
import type { Rating, SpanFeedback } from "../../../model/feedback/feedback.ts";
import type { ConversationSpansQuery, StoredSpan } from "../../../model/traces/span.ts";
import type { ConversationSpans } from "../../../store/roles/spans.ts";
import type { DoorContext } from "../../kit/door.ts";
import { sendPieces } from "../../kit/http/stream-reply.ts";
import { bodyOf } from "../body.ts";

/**
 * POST /agents/conversations/spans: all spans and feedback of the conversations asked for, in that order.
 *
 * Costs an index lookup per conversation and reads the scalar columns of the spans it returns, no payload; in memory a
 * batch, however slowly the client reads.
 */
export function conversationsSpans(context: DoorContext) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const body = await bodyOf(context, request, "conversationSpans");
    const query: ConversationSpansQuery = {
      projectId: body.project_id,
      now: context.now(),
      conversationIds: body.conversation_ids,
      startedAfter: body.started_after,
      startedBefore: body.started_before,
      maxSpansPerConversation: null,
      view: "basic",
    };
    return sendPieces(reply, "application/json", (read) => pieces(context.store.querySpans(query, read)));
  };
}

async function* pieces(batches: AsyncIterable<ConversationSpans[]>): AsyncGenerator<string> {
  let piece = '{"conversations":[';
  let before: ConversationSpans | null = null;
  let anySpan = false;
  for await (const batch of batches) {
    for (const entry of batch) {
      if (!before?.continues) {
        piece += `${before ? "," : ""}{"conversation_id":${JSON.stringify(entry.conversationId)},"spans":[`;
        anySpan = false;
      }
      if (anySpan && entry.spans.length > 0) piece += ",";
      piece += entry.spans.map(spanJson).join(",");
      anySpan ||= entry.spans.length > 0;
      if (!entry.continues) piece += `],"spans_feedback":[${entry.feedback.map(feedbackJson).join(",")}]}`;
      before = entry;
    }
    yield piece;
    piece = "";
  }
  yield `${piece}]}`;
}

function spanJson(span: StoredSpan): string {
  return (
    `{"operation_name":${JSON.stringify(span.operationName)},"trace_id":${JSON.stringify(span.traceId)}` +
    `,"span_id":${JSON.stringify(span.spanId)},"status":"${span.status}","duration_ms":${span.durationMs}}`
  );
}

function feedbackJson(feedback: SpanFeedback): string {
  return JSON.stringify({
    trace_id: feedback.traceId,
    feedback_type: feedback.feedbackType,
    tags: feedback.tags.map(stripSkinTones),
    ratings: feedback.ratings.map(({ name, value, reason, confidence }: Rating) => ({
      name,
      value,
      reason,
      confidence,
    })),
  });
}
