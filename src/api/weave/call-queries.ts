import type { FastifyReply, FastifyRequest } from "fastify";
import type { CallFilter, StoredCall } from "../../model/call.ts";
import { InvalidRequestError } from "../../model/errors.ts";
import type { DoorContext } from "../door.ts";
import { sendPieces } from "../stream-reply.ts";
import { bodyOf, readBody } from "./body.ts";
import { callColumns, callJson, DOCUMENT_COLUMNS } from "./call-json.ts";
import { callsQueryRequest, callsStatsRequest, type FilterBody } from "./call-requests.ts";
import { lineType } from "./line-type.ts";

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
    refuseQuery(body.query);
    const columns = callColumns(body.columns);
    const query = {
      ...toFilter(body.project_id, body.filter),
      sort: body.sort_by ?? [],
      limit: body.limit,
      offset: body.offset ?? 0,
      documents: DOCUMENT_COLUMNS.some((column) => columns.has(column)),
    };
    return sendPieces(reply, lineType(request.headers.accept), (signal) =>
      lines(context.store.queryCalls(query, { signal }), body.project_id, columns),
    );
  };
}

/** POST /calls/query_stats: how many calls match. */
export function callsQueryStats(context: DoorContext) {
  return async (request: FastifyRequest) => {
    const body = readBody(request, callsStatsRequest, context);
    refuseQuery(body.query);
    const count = await context.store.countCalls(toFilter(body.project_id, body.filter));
    return { count: body.limit === null ? count : Math.min(count, body.limit) };
  };
}

/** POST /call/read: one call, null if there is none. */
export function callRead(context: DoorContext) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const body = await bodyOf(context, request, "callRead");
    const filter = { ...toFilter(body.project_id, null), callIds: [body.id] };
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

/** Empty lists ask nothing, as in all of Weave's filters. */
function toFilter(projectId: string, filter: FilterBody): CallFilter {
  const refs = (["input_refs", "output_refs"] as const).find((name) => filter?.[name]?.length);
  if (refs) throw new InvalidRequestError([{ path: ["filter", refs], message: "is not supported" }]);
  const listed = (list: string[] | null | undefined) => (list?.length ? list : null);
  return {
    projectId,
    callIds: listed(filter?.call_ids),
    traceIds: listed(filter?.trace_ids),
    parentIds: listed(filter?.parent_ids),
    threadIds: listed(filter?.thread_ids),
    turnIds: listed(filter?.turn_ids),
    opNames: listed(filter?.op_names),
    userIds: listed(filter?.wb_user_ids),
    runIds: listed(filter?.wb_run_ids),
    rootsOnly: filter?.trace_roots_only ?? false,
  };
}

/** An answer that passes over a condition would be a wrong one. */
function refuseQuery(query: unknown): void {
  if (query === undefined || query === null) return;
  const message = "is not supported; filter takes ids, op names and trace_roots_only";
  throw new InvalidRequestError([{ path: ["query"], message }]);
}
