import type { FastifyRequest } from "fastify";
import { resolveProject } from "../../../model/access/project.ts";
import { type CallChange, keyOfChange } from "../../../model/calls/call.ts";
import type { DoorContext } from "../../kit/context.ts";
import { untilAnswered } from "../../kit/http/memory.ts";
import { bodyBytes } from "../../kit/http/raw-body.ts";
import { checkProject } from "../target.ts";
import { type CallsRequestKind, callsDecoder } from "./decode-calls.ts";

/**
 * POST /call/start, also with the project in the path: stores the start of a call, and answers with its identity, which
 * is made up where the request has none.
 */
export function startCall(context: DoorContext) {
  return async (request: FastifyRequest) => identityOf((await write(context, request, "start"))[0]!);
}

/** POST /call/end, also with the project in the path: stores the end of a call. */
export function endCall(context: DoorContext) {
  return async (request: FastifyRequest) => {
    await write(context, request, "end");
    return {};
  };
}

/** POST /call/upsert_batch: stores starts and ends, and answers with the identity of each start. */
export function upsertBatch(context: DoorContext) {
  return async (request: FastifyRequest) => {
    return { res: (await write(context, request, "batch")).map(identityOf) };
  };
}

/** POST /v2/{entity}/{project}/calls/complete: stores calls that are over, starts and ends at once. */
export function completeCalls(context: DoorContext) {
  return async (request: FastifyRequest) => {
    await write(context, request, "complete");
    return {};
  };
}

/** Stores what a request says of calls, or nothing if there is a fault in it. Costs a durable write. */
async function write(
  context: DoorContext,
  request: FastifyRequest,
  kind: CallsRequestKind,
): Promise<CallChange[]> {
  const bytes = bodyBytes(request);
  const received = { kind, bytes, now: context.now() };
  const over = untilAnswered(request);
  const chunks = context.decoding.stream(callsDecoder, received, bytes.length, { over });
  const changes = (await Array.fromAsync<CallChange[]>(chunks)).flat();
  checkProjects(request, changes, context);
  await context.store.writeCalls(changes, received.now);
  return changes;
}

/** Calls go into the projects they name; where the URL names one, they must name the same. */
function checkProjects(request: FastifyRequest, changes: CallChange[], context: DoorContext): void {
  const { entity, project } = request.params as { entity?: string; project?: string };
  const prefix = entity === undefined ? null : `${entity}/${project}`;
  for (const projectId of new Set(changes.map((change) => keyOfChange(change).projectId))) {
    checkProject(request, projectId, context);
    resolveProject({ field: projectId, prefix, header: null, key: null }, projectId);
  }
}

/** What the client learns of a stored half. */
function identityOf(change: CallChange): { id?: string; trace_id?: string } {
  return "start" in change ? { id: change.start.callId, trace_id: change.start.traceId } : {};
}
