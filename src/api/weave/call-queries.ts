import type { FastifyReply, FastifyRequest } from "fastify";
import type { CallFilter, CallQuery, StoredCall } from "../../model/call.ts";
import { CALL_DOCUMENTS } from "../../model/call-documents.ts";
import { CALL_FIELDS } from "../../model/call-fields.ts";
import type { Instant } from "../../model/instant.ts";
import type { DoorContext } from "../door.ts";
import { sendPieces } from "../stream-reply.ts";
import { exactBody, readBody } from "./body.ts";
import { callColumns, callJson } from "./call-json.ts";
import { callReadRequest, callsQueryRequest, callsStatsRequest, type FilterBody } from "./call-requests.ts";
import { lineType } from "./line-type.ts";
import { readExpression, readFieldPath } from "./read-expression.ts";

/**
 * POST /calls/stream_query: calls, a line of JSON each; none is no bytes. In the order of their starts unless the
 * request says otherwise.
 *
 * Costs what `queryCalls` costs; documents are read only if a column of theirs is asked for. In memory a batch, however
 * slowly the client reads.
 */
export function callsStreamQuery(context: DoorContext) {
  return (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const body = readBody(request, callsQueryRequest, context);
    const columns = callColumns(body.columns);
    const query: CallQuery = {
      ...filterOf(request, body, context),
      sort: (body.sort_by ?? []).map(({ field, direction }, index) => ({
        path: readFieldPath(field, CALL_FIELDS, ["sort_by", index, "field"]),
        direction,
      })),
      limit: body.limit,
      offset: body.offset ?? 0,
      documents: CALL_DOCUMENTS.some((column) => columns.has(column)),
    };
    return sendPieces(reply, lineType(request.headers.accept), (signal) =>
      lines(context.store.queryCalls(query, { signal }), body.project_id, columns),
    );
  };
}

/** POST /calls/query_stats: how many calls match. Costs what `countCalls` costs. */
export function callsQueryStats(context: DoorContext) {
  return (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const body = readBody(request, callsStatsRequest, context);
    const filter = filterOf(request, body, context);
    return sendPieces(reply, "application/json", async function* (signal) {
      const count = await context.store.countCalls(filter, { signal });
      yield { whole: JSON.stringify({ count: body.limit === null ? count : Math.min(count, body.limit) }) };
    });
  };
}

/** POST /call/read: one call, null if there is none. */
export function callRead(context: DoorContext) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const body = readBody(request, callReadRequest, context);
    const filter = { ...toFilter(body.project_id, null, context.now()), callIds: [body.id] };
    const query = { ...filter, sort: [], limit: 1, offset: 0, documents: true };
    const [call] = (await Array.fromAsync(context.store.queryCalls(query))).flat();
    const json = call ? callJson(call, body.project_id, callColumns(null)) : "null";
    return reply.type("application/json").send(`{"call":${json}}`);
  };
}

async function* lines(
  batches: AsyncIterable<StoredCall[]>,
  projectId: string,
  columns: ReadonlySet<string>,
): AsyncGenerator<string> {
  for await (const calls of batches) {
    if (calls.length > 0) yield calls.map((call) => `${callJson(call, projectId, columns)}\n`).join("");
  }
}

/** The filter in a checked body, its expression read from the text as it came. */
function filterOf(
  request: FastifyRequest,
  { project_id, filter, query }: { project_id: string; filter: FilterBody; query: unknown },
  context: DoorContext,
): CallFilter {
  const asked = query === null ? null : exactBody(request).get("query")!;
  const expression = asked === null ? null : readExpression(asked, CALL_FIELDS);
  return { ...toFilter(project_id, filter, context.now()), expression };
}

/** Empty lists ask nothing, as in all of Weave's filters. */
function toFilter(projectId: string, filter: FilterBody, now: Instant): CallFilter {
  const listed = (list: string[] | null | undefined) => (list?.length ? list : null);
  return {
    projectId,
    now,
    callIds: listed(filter?.call_ids),
    traceIds: listed(filter?.trace_ids),
    parentIds: listed(filter?.parent_ids),
    threadIds: listed(filter?.thread_ids),
    turnIds: listed(filter?.turn_ids),
    opNames: listed(filter?.op_names),
    userIds: listed(filter?.wb_user_ids),
    runIds: listed(filter?.wb_run_ids),
    inputRefs: listed(filter?.input_refs),
    outputRefs: listed(filter?.output_refs),
    rootsOnly: filter?.trace_roots_only ?? false,
    expression: null,
  };
}
