import { create } from "@bufbuild/protobuf";
import type { HandlerContext } from "@connectrpc/connect";
import {
  type CreateFeedbackRequest,
  type CreateFeedbackResponse,
  CreateFeedbackResponseSchema,
} from "../../../gen/skein/v1/feedback_pb.ts";
import { InvalidRequestError } from "../../model/errors.ts";
import type { FeedbackTarget } from "../../model/feedback.ts";
import { finishFeedback } from "../../model/feedback-draft.ts";
import { resolveProject } from "../../model/project.ts";
import { formatWeaveRef, parseWeaveRef } from "../../model/weave-ref.ts";
import type { DoorContext } from "../door.ts";
import { namedProjectOf } from "../request-project.ts";
import { toTimestamp } from "./timestamps.ts";

/**
 * CreateFeedback: stores one piece of feedback.
 *
 * Costs one durable write.
 */
export function createFeedback(context: DoorContext) {
  return async (
    request: CreateFeedbackRequest,
    { values }: HandlerContext,
  ): Promise<CreateFeedbackResponse> => {
    const field = request.projectId || null;
    const projectId = resolveProject({ field, ...namedProjectOf(values) }, context.defaultProject);
    const target = readTarget(request, projectId);
    const runnableRef = request.runnableRef || null;
    const callRef = request.callRef || null;
    const triggerRef = request.triggerRef || null;
    const refs = { runnable_ref: runnableRef, call_ref: callRef, trigger_ref: triggerRef };
    const feedback = finishFeedback(
      {
        projectId,
        id: request.id || null,
        feedbackType: request.feedbackType,
        target,
        weaveRef: formatWeaveRef(projectId, target),
        payloadJson: readPayload(request.payloadJson),
        creator: request.creator || null,
        userId: request.userId || null,
        tags: request.tags,
        ratings: request.ratings.map(({ name, value, reason, confidence }) => ({
          name,
          value,
          reason: reason ?? null,
          confidence: confidence ?? null,
        })),
        runnableRef,
        callRef,
        triggerRef,
        extraJson: JSON.stringify(Object.fromEntries(Object.entries(refs).filter(([, ref]) => ref !== null))),
      },
      context.now(),
    );
    await context.store.createFeedback(feedback);
    return create(CreateFeedbackResponseSchema, {
      id: feedback.id,
      createdAt: toTimestamp(feedback.createdAt),
    });
  };
}

function readTarget({ target }: CreateFeedbackRequest, projectId: string): FeedbackTarget {
  switch (target.case) {
    case "conversationId":
      return { kind: "conversation", id: target.value };
    case "traceId":
      return { kind: "turn", id: target.value };
    case "spanId":
      return { kind: "span", id: target.value };
    case "callId":
      return { kind: "call", id: target.value };
    case "ref":
      return parseWeaveRef(target.value, projectId, ["ref"]);
    case undefined:
      throw new InvalidRequestError([{ path: ["target"], message: "is required" }]);
  }
}

/** The text of a JSON object, as it came. */
function readPayload(text: string): string {
  if (text === "") return "{}";
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new InvalidRequestError([{ path: ["payload_json"], message: "is not JSON" }]);
  }
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return text;
  throw new InvalidRequestError([{ path: ["payload_json"], message: "must be a JSON object" }]);
}
