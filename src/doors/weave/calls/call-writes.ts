import type { FastifyInstance, FastifyRequest } from "fastify";
import { resolveProject } from "../../../model/access/project.ts";
import { type CallChange, keyOfChange } from "../../../model/calls/call.ts";
import type { DoorContext } from "../../kit/door.ts";
import { untilAnswered } from "../../kit/http/memory.ts";
import { bytesOf } from "../../kit/http/raw-body.ts";
import { checkProject } from "../body.ts";
import { type CallsRequestKind, decodeCalls } from "./decode-calls.ts";

const decoder = { module: new URL("./decode-calls.ts", import.meta.url).href, decode: decodeCalls };

/**
 * The paths that write calls: starts, ends, both at once, and batches of them. What has no identity is given one, and
 * starts are answered with theirs. A request with a fault in it is refused whole; any other is stored when it is
 * answered, at the cost of a durable write.
 */
export function callWrites(context: DoorContext) {
  return async (app: FastifyInstance): Promise<void> => {
    async function write(request: FastifyRequest, kind: CallsRequestKind): Promise<CallChange[]> {
      const bytes = bytesOf(request);
      const received = { kind, bytes, now: context.now() };
      const chunks = context.decoding.stream(decoder, received, bytes.length, {
        over: untilAnswered(request),
      });
      const changes = (await Array.fromAsync<CallChange[]>(chunks)).flat();
      checkProjects(request, changes, context);
      await context.store.writeCalls(changes, received.now);
      return changes;
    }

    const start = async (request: FastifyRequest) => identityOf((await write(request, "start"))[0]!);
    const end = async (request: FastifyRequest) => {
      await write(request, "end");
      return {};
    };
    app.post("/call/upsert_batch", async (request) => {
      return { res: (await write(request, "batch")).map(identityOf) };
    });
    app.post("/call/start", start);
    app.post("/call/end", end);
    app.post("/v2/:entity/:project/call/start", start);
    app.post("/v2/:entity/:project/call/end", end);
    app.post("/v2/:entity/:project/calls/complete", async (request) => {
      await write(request, "complete");
      return {};
    });
  };
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
