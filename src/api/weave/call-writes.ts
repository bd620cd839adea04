import type { FastifyReply, FastifyRequest } from "fastify";
import { type CallChange, keyOfChange } from "../../model/call.ts";
import { printMemberTexts } from "../../model/json/print.ts";
import { elementTexts, memberTexts } from "../../model/json.ts";
import { resolveProject } from "../../model/project.ts";
import type { DoorContext } from "../door.ts";
import { validate } from "../pydantic/validate.ts";
import { checkProject, type JsonBody } from "./body.ts";
import { toCallEnd, toCallStart } from "./call-halves.ts";
import {
  callEndRequest,
  callStartRequest,
  callsCompleteRequest,
  upsertBatchRequest,
} from "./call-requests.ts";

/** The keys of a complete call that are its second half's. */
const END_KEYS = new Set(["ended_at", "exception", "output", "summary", "wb_run_step_end"]);

type Handler = (request: FastifyRequest, reply: FastifyReply) => Promise<unknown>;

/**
 * POST /call/upsert_batch: stores starts and ends of calls in one go, and answers each start with its identity. A batch
 * with a fault in it is refused whole. Costs one durable write.
 */
export function callUpsertBatch(context: DoorContext): Handler {
  return async (request) => {
    const { text, value } = bodyOf(request);
    const { batch } = validate(upsertBatchRequest, value, ["body"]);
    const requests = batch.length === 0 ? [] : elementTexts(memberTexts(text).get("batch")!);
    const changes = batch.map((item, index): CallChange => {
      const json = memberTexts(memberTexts(requests[index]!).get("req")!).get(item.mode)!;
      if (item.mode === "end") return { kind: "end", end: toCallEnd(item.req.end, item.req.end.id, json) };
      return { kind: "start", start: toCallStart(item.req.start, json, context.now()) };
    });
    await write(request, changes, context);
    return { res: changes.map(identityOf) };
  };
}

/** POST /call/start, also under /v2/{entity}/{project}: stores the first half of a call, and answers with its identity. */
export function callStart(context: DoorContext): Handler {
  return async (request) => {
    const { text, value } = bodyOf(request);
    const body = validate(callStartRequest, value, ["body"]);
    const start = toCallStart(body.start, memberTexts(text).get("start")!, context.now());
    const change: CallChange = { kind: "start", start };
    await write(request, [change], context);
    return identityOf(change);
  };
}

/** POST /call/end, also under /v2/{entity}/{project}: stores the second half of a call. */
export function callEnd(context: DoorContext): Handler {
  return async (request) => {
    const { text, value } = bodyOf(request);
    const { end } = validate(callEndRequest, value, ["body"]);
    const json = memberTexts(text).get("end")!;
    await write(request, [{ kind: "end", end: toCallEnd(end, end.id, json) }], context);
    return {};
  };
}

/** POST /v2/{entity}/{project}/calls/complete: stores whole calls; each replaces what is stored of it. */
export function callsComplete(context: DoorContext): Handler {
  return async (request) => {
    const { text, value } = bodyOf(request);
    const { batch } = validate(callsCompleteRequest, value, ["body"]);
    const documents = batch.length === 0 ? [] : elementTexts(memberTexts(text).get("batch")!);
    const changes = batch.map((body, index): CallChange => {
      const halves = Map.groupBy(memberTexts(documents[index]!), ([key]) =>
        END_KEYS.has(key) ? "end" : "start",
      );
      const start = toCallStart(body, printMemberTexts(halves.get("start") ?? []), context.now());
      const end = toCallEnd(body, start.callId, printMemberTexts(halves.get("end") ?? []));
      return { kind: "complete", start, end };
    });
    await write(request, changes, context);
    return {};
  };
}

function bodyOf(request: FastifyRequest): Partial<JsonBody> & { text: string } {
  const body = request.body as JsonBody | undefined;
  return { text: body?.text ?? "", value: body?.value };
}

/** Writes calls into the projects they name, which must be the one the URL names, if it names one. */
async function write(request: FastifyRequest, changes: CallChange[], context: DoorContext): Promise<void> {
  const { entity, project } = request.params as { entity?: string; project?: string };
  const prefix = entity === undefined ? null : `${entity}/${project}`;
  for (const projectId of new Set(changes.map((change) => keyOfChange(change).projectId))) {
    checkProject(request, projectId, context);
    resolveProject({ field: projectId, prefix, header: null }, projectId);
  }
  await context.store.writeCalls(changes);
}

/** What the client learns of a stored half. */
function identityOf(change: CallChange): { id?: string; trace_id?: string } {
  return "start" in change ? { id: change.start.callId, trace_id: change.start.traceId } : {};
}
