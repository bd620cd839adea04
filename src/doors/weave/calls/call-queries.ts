import type { FastifyReply, FastifyRequest } from "fastify";
import type { Instant } from "../../../model/base/instant.ts";
import type { CallFilter, CallQuery, StoredCall } from "../../../model/calls/call.ts";
import { CALL_DOCUMENTS } from "../../../model/calls/call-documents.ts";
import type { DoorContext } from "../../kit/door.ts";
import { sendPieces, sendText } from "../../kit/http/stream-reply.ts";
import { bodyOf } from "../body.ts";
import { lineType } from "../line-type.ts";
import { callColumns, callJson } from "./call-json.ts";
import type { FilterBody } from "./call-requests.ts";

/**
 * POST /calls/stream_query: calls, a line of JSON each; none is no bytes. In the order of their starts unless the
 * request says otherwise.
 *
 * Costs what `queryCalls` costs; documents are read only if a column of theirs is asked for. In memory a batch, however
 * slowly the client reads.
 */
export function callsStreamQuery(context: DoorContext) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const body = await bodyOf(context, request, "callsQuery");
    const columns = callColumns(body.columns);
    const query: CallQuery = {
      ...toFilter(body.project_id, body.filter, context.now()),
      expression: body.expression,
      sort: body.sort,
      limit: body.limit,
      offset: body.offset ?? 0,
      documents: CALL_DOCUMENTS.some((column) => columns.has(column)),
    };
    return sendPieces(reply, lineType(request.headers.accept), (read) =>
      lines(context.store.queryCalls(query, read), body.project_id, columns),
    );
  };
}

/** POST /calls/query_stats: how many calls match. Costs what `countCalls` costs. */
export function callsQueryStats(context: DoorContext) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const body = await bodyOf(context, request, "callsStats");
    const filter = {
      ...toFilter(body.project_id, body.filter, context.now()),
      expression: body.expression,
    };
    return sendPieces(reply, "application/json", async function* (read) {
      const count = await context.store.countCalls(filter, read);
      yield { whole: JSON.stringify({ count: body.limit === null ? count : Math.min(count, body.limit) }) };
    });
  };
}

/** POST /call/read: one call, null if there is none. */
export function callRead(context: DoorContext) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const body = await bodyOf(context, request, "callRead");
    const filter = { ...toFilter(body.project_id, null, context.now()), callIds: [body.id] };
    const query = { ...filter, sort: [], limit: 1, offset: 0, documents: true };
    const [call] = (await Array.fromAsync(context.store.queryCalls(query))).flat();
    const json = call ? callJson(call, body.project_id, callColumns(null)) : "null";
    return sendText(reply, "application/json", `{"call":${json}}`);
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
