import type { z } from "zod";
import { CALL_FIELDS } from "../../../model/calls/call-fields.ts";
import type { ExactBody } from "../parse-body.ts";
import { conditionIn, readSort } from "../query.ts";
import type { callsQueryRequest, callsStatsRequest } from "./requests.ts";

/** Reads what a checked body asks of calls. */
export function readCallsQuery(checked: z.output<typeof callsQueryRequest>, body: ExactBody) {
  const { project_id, filter, limit, offset, columns, sort_by } = checked;
  const expression = conditionIn(body, CALL_FIELDS);
  return { project_id, filter, limit, offset, columns, expression, sort: readSort(sort_by, CALL_FIELDS) };
}

/** Reads which calls a checked body has counted. */
export function readCallsStats(
  { project_id, filter, limit }: z.output<typeof callsStatsRequest>,
  body: ExactBody,
) {
  return { project_id, filter, limit, expression: conditionIn(body, CALL_FIELDS) };
}
