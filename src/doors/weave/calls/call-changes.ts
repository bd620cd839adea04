import type { FastifyRequest } from "fastify";
import type { DoorContext } from "../../kit/door.ts";
import { bodyOf } from "../body.ts";

/** POST /calls/delete: removes calls with all calls below them; they leave all statistics at once. */
export function deleteCalls(context: DoorContext) {
  return async (request: FastifyRequest) => {
    const body = await bodyOf(context, request, "callsDelete");
    const { project_id: projectId, call_ids: callIds } = body;
    const deleted = await context.store.deleteCalls({ projectId, callIds, now: context.now() });
    return { num_deleted: deleted.length };
  };
}

/** POST /call/update: gives a call a name, or takes it away. A name that comes before its call is kept for it. */
export function updateCall(context: DoorContext) {
  return async (request: FastifyRequest) => {
    const body = await bodyOf(context, request, "callUpdate");
    const { project_id: projectId, call_id: callId } = body;
    const displayName = body.display_name ?? "";
    await context.store.writeCalls([{ kind: "rename", projectId, callId, displayName }], context.now());
    return {};
  };
}
