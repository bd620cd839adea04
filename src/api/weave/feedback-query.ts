import type { FastifyReply, FastifyRequest } from "fastify";
import { InvalidRequestError } from "../../model/errors.ts";
import { textsOf } from "../../model/expression/implied.ts";
import type { Feedback, FeedbackQuery } from "../../model/feedback.ts";
import { FEEDBACK_FIELDS, readFeedback } from "../../model/feedback-fields.ts";
import { printMemberTexts } from "../../model/json/print.ts";
import type { DoorContext } from "../door.ts";
import { sendPieces } from "../stream-reply.ts";
import { exactBody, readBody } from "./body.ts";
import { printList } from "./objects.ts";
import { readExpression, readFieldPath } from "./read-expression.ts";
import { feedbackPurgeRequest, feedbackQueryRequest } from "./requests.ts";

/**
 * POST /feedback/query: feedback, with the fields asked for or all; a place inside a document (`payload.note`) stands
 * under its path. The oldest first unless the request says otherwise. Costs what `queryFeedback` costs, and in memory a
 * batch.
 */
export function feedbackQuery(context: DoorContext) {
  return (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const body = readBody(request, feedbackQueryRequest, context);
    const names = body.fields?.length ? new Set(body.fields) : FEEDBACK_FIELDS.keys();
    const fields = Array.from(names, (name, index) => ({
      name,
      path: readFieldPath(name, FEEDBACK_FIELDS, ["fields", index]),
    }));
    const query: FeedbackQuery = {
      projectId: body.project_id,
      where: body.query === null ? null : readExpression(exactBody(request).get("query")!, FEEDBACK_FIELDS),
      sort: (body.sort_by ?? []).map(({ field, direction }, index) => ({
        path: readFieldPath(field, FEEDBACK_FIELDS, ["sort_by", index, "field"]),
        direction,
      })),
      limit: body.limit,
      offset: body.offset ?? 0,
      now: context.now(),
    };
    const print = (feedback: Feedback) => {
      const { text } = readFeedback(feedback);
      return printMemberTexts(fields.map(({ name, path }) => [name, text(path)]));
    };
    return sendPieces(reply, "application/json", (signal) =>
      printList("result", context.store.queryFeedback(query, { signal }), print),
    );
  };
}

/**
 * POST /feedback/purge: removes feedback that is named by its ids: `$eq` of `id` and a text, `$in`, or `$or` of those.
 * Unknown ids are passed over. Costs one durable write.
 */
export function feedbackPurge(context: DoorContext) {
  return async (request: FastifyRequest): Promise<Record<string, never>> => {
    const { project_id } = readBody(request, feedbackPurgeRequest, context);
    const ids = textsOf(readExpression(exactBody(request).get("query")!, FEEDBACK_FIELDS), "id");
    if (ids === null) {
      const message = "must name feedback by its ids: $eq of id and a $literal text, $in, or $or of those";
      throw new InvalidRequestError([{ path: ["query"], message }]);
    }
    await context.store.deleteFeedback({ projectId: project_id, ids });
    return {};
  };
}
