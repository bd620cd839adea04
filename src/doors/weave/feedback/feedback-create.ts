import type { FastifyReply, FastifyRequest } from "fastify";
import { formatInstant } from "../../../model/base/instant.ts";
import type { Feedback } from "../../../model/feedback/feedback.ts";
import type { DoorContext } from "../../kit/door.ts";
import { sendText } from "../../kit/http/stream-reply.ts";
import { bodyOf, checkProject } from "../body.ts";

/**
 * POST /feedback/create: stores one piece of feedback and answers with its identity. The payload is kept and answered
 * as the text that came.
 *
 * Costs one durable write.
 */
export function feedbackCreate(context: DoorContext) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const feedback = await bodyOf(context, request, "feedbackCreate");
    checkProject(request, feedback.projectId, context);
    await context.store.createFeedback(feedback);
    return sendText(reply, "application/json", identityJson(feedback));
  };
}

/**
 * POST /feedback/batch/create: the same for several at once, of any projects that the key covers; with a fault in one,
 * none is stored.
 *
 * Costs one durable write.
 */
export function feedbackBatchCreate(context: DoorContext) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const feedback = await bodyOf(context, request, "feedbackBatchCreate");
    for (const id of new Set(feedback.map(({ projectId }) => projectId))) checkProject(request, id, context);
    await context.store.createFeedback(...feedback);
    return sendText(reply, "application/json", `{"res":[${feedback.map(identityJson).join(",")}]}`);
  };
}

/** What the client learns of stored feedback. */
function identityJson({ id, createdAt, userId, payloadJson }: Feedback): string {
  const identity = { id, created_at: formatInstant(createdAt), wb_user_id: userId ?? "" };
  return `${JSON.stringify(identity).slice(0, -1)},"payload":${payloadJson}}`;
}
