import { create } from "@bufbuild/protobuf";
import {
  type SpanFeedback as SpanFeedbackMessage,
  SpanFeedbackSchema,
} from "../../../gen/skein/v1/feedback_pb.ts";
import {
  type Span as SpanMessageType,
  SpanSchema,
  SpanStatus as StatusMessage,
} from "../../../gen/skein/v1/span_pb.ts";
import { stripSkinTones } from "../../model/feedback/emoji.ts";
import type { SpanFeedback } from "../../model/feedback/feedback.ts";
import type { SpanDetails, SpanStatus, StoredSpan } from "../../model/traces/span.ts";
import { messageBytes } from "../kit/rpc/message-size.ts";
import { toTimestamp } from "../kit/rpc/timestamps.ts";

const STATUS: Record<SpanStatus, StatusMessage> = {
  UNSET: StatusMessage.UNSET,
  OK: StatusMessage.OK,
  ERROR: StatusMessage.ERROR,
};

/** What numbers take at most: status and duration; two times and two token counts; value and confidence. */
const SPAN_NUMBER_BYTES = 13;
const DETAIL_NUMBER_BYTES = 58;
const RATING_NUMBER_BYTES = 18;

/** A span as it is sent. */
export function toSpanMessage(span: StoredSpan): SpanMessageType {
  return create(SpanSchema, {
    operationName: span.operationName,
    traceId: span.traceId,
    spanId: span.spanId,
    status: STATUS[span.status],
    durationMs: BigInt(span.durationMs),
    ...(span.details && detailFields(span.details)),
  });
}

/** Feedback as it is sent. */
export function toFeedbackMessage(feedback: SpanFeedback): SpanFeedbackMessage {
  return create(SpanFeedbackSchema, {
    traceId: feedback.traceId ?? "",
    feedbackType: feedback.feedbackType,
    tags: feedback.tags.map(stripSkinTones),
    ratings: feedback.ratings.map(({ name, value, reason, confidence }) => ({
      name,
      value,
      ...(reason !== null && { reason }),
      ...(confidence !== null && { confidence }),
    })),
  });
}

/** An upper bound of the encoded size of a span. */
export function spanBytes({ operationName, traceId, spanId, details }: StoredSpan): number {
  const bytes = messageBytes(SPAN_NUMBER_BYTES, operationName, traceId, spanId);
  if (!details) return bytes;
  const { name, parentSpanId, turnId, agentName, model, messages } = details;
  const own = messageBytes(
    DETAIL_NUMBER_BYTES,
    name,
    parentSpanId ?? "",
    turnId ?? "",
    agentName ?? "",
    model ?? "",
  );
  return messages.reduce((sum, { role, text, json }) => sum + messageBytes(0, role, text, json), bytes + own);
}

/** An upper bound of the encoded size of feedback. */
export function feedbackBytes({ traceId, feedbackType, tags, ratings }: SpanFeedback): number {
  const bytes = messageBytes(0, traceId ?? "", feedbackType, ...tags);
  return ratings.reduce(
    (sum, { name, reason }) => sum + messageBytes(RATING_NUMBER_BYTES, name, reason ?? ""),
    bytes,
  );
}

function detailFields(details: SpanDetails) {
  return {
    name: details.name,
    parentSpanId: details.parentSpanId ?? "",
    turnId: details.turnId ?? "",
    startedAt: toTimestamp(details.startedAt),
    ...(details.endedAt !== null && { endedAt: toTimestamp(details.endedAt) }),
    agentName: details.agentName ?? "",
    model: details.model ?? "",
    ...(details.inputTokens !== null && { inputTokens: BigInt(details.inputTokens) }),
    ...(details.outputTokens !== null && { outputTokens: BigInt(details.outputTokens) }),
    messages: details.messages.map(({ role, text, json }) => ({ role, text, messageJson: json })),
  };
}
