import type { FastifyReply, FastifyRequest } from "fastify";
import type { Feedback, FeedbackQuery } from "../../../model/feedback/feedback.ts";
import { readFeedback } from "../../../model/feedback/feedback-fields.ts";
import { printMemberTexts } from "../../../model/json/print.ts";
import type { DoorContext } from "../../kit/door.ts";
import { sendPieces } from "../../kit/http/stream-reply.ts";
import { bodyOf } from "../body.ts";
import { printList } from "../objects/objects.ts";

/**
 * POST /feedback/query: feedback, with the fields asked for or all; a place inside a document (`payload.note`) stands
 * under its path. The oldest first unless the request says otherwise. Costs what `queryFeedback` costs, and in memory a
 * batch.
 */
export function feedbackQuery(context: DoorContext) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const { fields, ...body } = await bodyOf(context, request, "feedbackQuery");
    const query: FeedbackQuery = {
      projectId: body.project_id,
      where: body.where,
      sort: body.sort,
      limit: body.limit,
      offset: body.offset ?? 0,
      now: context.now(),
    };
    const print = (feedback: Feedback) => {
      const { text } = readFeedback(feedback);
      return printMemberTexts(fields.map(({ name, path }) => [name, text(path)]));
    };
    return sendPieces(reply, "application/json", (read) =>
      printList("result", context.store.queryFeedback(query, read), print),
    );
  };
}

/**
 * POST /feedback/purge: removes feedback that is named by its ids: `$eq` of `id` and a text, `$in`, or `$or` of those.
 * Unknown ids are passed over. Costs one durable write.
 */
export function feedbackPurge(context: DoorContext) {
  return async (request: FastifyRequest): Promise<Record<string, never>> => {
    const { project_id, ids } = await bodyOf(context, request, "feedbackPurge");
    await context.store.deleteFeedback({ projectId: project_id, ids });
    return {};
  };
}
