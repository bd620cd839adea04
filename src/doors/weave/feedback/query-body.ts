import type { z } from "zod";
import { InvalidRequestError } from "../../../model/base/errors.ts";
import { FEEDBACK_FIELDS } from "../../../model/feedback/feedback-fields.ts";
import { memberOf } from "../../../model/json/value.ts";
import { textsOf } from "../../../model/query/expression/implied.ts";
import type { ExactBody } from "../parse-body.ts";
import { conditionIn, readSort } from "../query.ts";
import { readExpression, readFieldPath } from "../read-expression.ts";
import type { feedbackPurgeRequest, feedbackQueryRequest } from "./requests.ts";

/** Reads what a checked body asks of feedback. */
export function readFeedbackQuery(checked: z.output<typeof feedbackQueryRequest>, body: ExactBody) {
  const { project_id, fields, limit, offset, sort_by } = checked;
  const names = fields?.length ? new Set(fields) : FEEDBACK_FIELDS.keys();
  return {
    project_id,
    fields: Array.from(names, (name, index) => ({
      name,
      path: readFieldPath(name, FEEDBACK_FIELDS, ["fields", index]),
    })),
    where: conditionIn(body, FEEDBACK_FIELDS),
    sort: readSort(sort_by, FEEDBACK_FIELDS),
    limit,
    offset,
  };
}

/** Reads which feedback a checked body names. */
export function readFeedbackPurge(
  { project_id }: z.output<typeof feedbackPurgeRequest>,
  { exact }: ExactBody,
): { project_id: string; ids: string[] } {
  const ids = textsOf(readExpression(memberOf(exact, "query")!, FEEDBACK_FIELDS), "id");
  if (ids === null) {
    const message = "must name feedback by its ids: $eq of id and a $literal text, $in, or $or of those";
    throw new InvalidRequestError([{ path: ["query"], message }]);
  }
  return { project_id, ids };
}
