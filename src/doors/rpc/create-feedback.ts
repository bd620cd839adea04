import { create } from "@bufbuild/protobuf";
import type { HandlerContext } from "@connectrpc/connect";
import {
  type CreateFeedbackRequest,
  type CreateFeedbackResponse,
  CreateFeedbackResponseSchema,
} from "../../../gen/skein/v1/feedback_pb.ts";
import { InvalidRequestError } from "../../model/base/errors.ts";
import type { FeedbackTarget } from "../../model/feedback/feedback.ts";
import { finishFeedback } from "../../model/feedback/feedback-draft.ts";
import { formatWeaveRef, parseWeaveRef } from "../../model/feedback/weave-ref.ts";
import type { DoorContext } from "../kit/door.ts";
import { toTimestamp } from "../kit/rpc/timestamps.ts";
import { readDocuments, readProject } from "./fields.ts";

/**
 * CreateFeedback: stores one piece of feedback.
 *
 * Costs one durable write.
 */
export function createFeedback(context: DoorContext) {
  return async (request: CreateFeedbackRequest, handler: HandlerContext): Promise<CreateFeedbackResponse> => {
    const projectId = readProject(request.projectId, handler, context);
    const target = readTarget(request, projectId);
    const runnableRef = request.runnableRef || null;
    const callRef = request.callRef || null;
    const triggerRef = request.triggerRef || null;
    const [payload] = await readDocuments(context, [
      { kind: "object", text: request.payloadJson, path: ["payload_json"] },
    ]);
    const refs = { runnable_ref: runnableRef, call_ref: callRef, trigger_ref: triggerRef };
    const feedback = finishFeedback(
      {
        projectId,
        id: request.id || null,
        feedbackType: request.feedbackType,
        target,
        weaveRef: formatWeaveRef(projectId, target),
        payloadJson: payload ?? "{}",
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
