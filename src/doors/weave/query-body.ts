import type { z } from "zod";
import { InvalidRequestError } from "../../model/base/errors.ts";
import { CALL_FIELDS } from "../../model/calls/call-fields.ts";
import { FEEDBACK_FIELDS } from "../../model/feedback/feedback-fields.ts";
import { memberOf } from "../../model/json/value.ts";
import type { Expression, FieldKinds } from "../../model/query/expression/expression.ts";
import { textsOf } from "../../model/query/expression/implied.ts";
import type { callsQueryRequest, callsStatsRequest } from "./calls/call-requests.ts";
import type { ExactBody } from "./parse-body.ts";
import { readExpression, readFieldPath } from "./read-expression.ts";
import type { feedbackPurgeRequest, feedbackQueryRequest, tableQueryRequest } from "./requests.ts";

/** Reads what a checked body asks of calls. */
export function readCallsQuery(checked: z.output<typeof callsQueryRequest>, body: ExactBody) {
  const { project_id, filter, limit, offset, columns, sort_by } = checked;
  const expression = expressionIn(body, CALL_FIELDS);
  return { project_id, filter, limit, offset, columns, expression, sort: sortOf(sort_by, CALL_FIELDS) };
}

/** Reads which calls a checked body has counted. */
export function readCallsStats(
  { project_id, filter, limit }: z.output<typeof callsStatsRequest>,
  body: ExactBody,
) {
  return { project_id, filter, limit, expression: expressionIn(body, CALL_FIELDS) };
}

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
    where: expressionIn(body, FEEDBACK_FIELDS),
    sort: sortOf(sort_by, FEEDBACK_FIELDS),
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

/** Reads which rows of a table a checked body asks for. */
export function readTableQuery({ sort_by, ...query }: z.output<typeof tableQueryRequest>) {
  if (sort_by?.length) {
    throw new InvalidRequestError([{ path: ["sort_by"], message: "rows come in the table's order only" }]);
  }
  return query;
}

/** The condition in a body, read from it as it was written; null if there is none. */
function expressionIn({ exact }: ExactBody, fields: FieldKinds): Expression | null {
  const query = memberOf(exact, "query") ?? null;
  return query === null ? null : readExpression(query, fields);
}

function sortOf(sort: { field: string; direction: "asc" | "desc" }[] | null, fields: FieldKinds) {
  return (sort ?? []).map(({ field, direction }, index) => ({
    path: readFieldPath(field, fields, ["sort_by", index, "field"]),
    direction,
  }));
}
