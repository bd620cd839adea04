import type { FastifyReply, FastifyRequest } from "fastify";
import type { z } from "zod";
import { InvalidRequestError } from "../../model/base/errors.ts";
import { quoted } from "../../model/base/quoted.ts";
import type { Checkpoint } from "../../model/threads/thread-record.ts";
import type { DoorContext } from "../kit/door.ts";
import { sendPieces, sendText } from "../kit/http/stream-reply.ts";
import { readBody } from "./body.ts";
import { check } from "./decode-body.ts";
import { type Elements, jsonArray } from "./json-array.ts";
import { listedIn, threadOf, threadToChange } from "./request.ts";
import { historyRequest, selectRequest } from "./requests.ts";
import { stateChange } from "./state-change.ts";
import { checkpointJson, type StateView, stateJson } from "./state-json.ts";

/**
 * GET /threads/{thread_id}/state and …/state/{checkpoint_id}, POST …/state/checkpoint: the latest state or that of a
 * checkpoint. Costs a look-up and the state.
 */
export function getState(context: DoorContext) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const key = threadOf(request, context);
    const { checkpointId, view } = await askedState(context, request);
    const state = await context.store.getState({ ...key, checkpointId });
    return sendText(reply, "application/json", stateJson(key.threadId, state, view));
  };
}

/** POST /threads/{thread_id}/state: adds a state to the thread's history. Costs one durable write. */
export function updateState(context: DoorContext) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const key = threadToChange(request, context);
    const {
      values,
      as_node,
      checkpoint = null,
      checkpoint_id = null,
    } = await readBody(context, request, "updateState");
    if (checkpoint !== null && checkpoint_id !== null && checkpoint !== checkpoint_id) {
      const message = `is "${quoted(checkpoint_id)}", but checkpoint names "${quoted(checkpoint)}"`;
      throw new InvalidRequestError([{ path: ["checkpoint_id"], message }]);
    }
    const { checkpointId } = await context.store.setState({
      ...key,
      baseId: checkpoint ?? checkpoint_id,
      change: stateChange(values, as_node ?? null, key.now),
    });
    const place = checkpointJson(key.threadId, checkpointId);
    return reply
      .type("application/json")
      .send(`{"checkpoint":${place},"configurable":${place},"checkpoint_id":"${checkpointId}"}`);
  };
}

/**
 * POST /threads/{thread_id}/history: states, the newest first.
 *
 * Costs what `listStates` costs, and in memory a batch of states, however slowly the client reads.
 */
export function postHistory(context: DoorContext) {
  return async (request: FastifyRequest, reply: FastifyReply) =>
    sendHistory(context, request, reply, await readBody(context, request, "history"));
}

/** GET /threads/{thread_id}/history: the same, with `limit`, `before` and `select` in the query. */
export function getHistory(context: DoorContext) {
  return async (request: FastifyRequest, reply: FastifyReply) => {
    const { limit, before } = request.query as Record<string, string | string[]>;
    const given = new Map<string, unknown>();
    if (limit !== undefined) given.set("limit", { digits: limit });
    if (before !== undefined) given.set("before", before);
    given.set("select", listedIn(request, "select"));
    return sendHistory(context, request, reply, check(historyRequest, given));
  };
}

function sendHistory(
  context: DoorContext,
  request: FastifyRequest,
  reply: FastifyReply,
  { limit, before = null, checkpoint = null, metadata, select: view }: z.output<typeof historyRequest>,
): Promise<FastifyReply> {
  const key = threadOf(request, context);
  const query = { ...key, limit, before, from: checkpoint, metadata };
  return sendPieces(reply, "application/json", (read) =>
    jsonArray(printed(key.threadId, context.store.listStates(query, read), view)),
  );
}

async function* printed(
  threadId: string,
  batches: AsyncIterable<Checkpoint[]>,
  view: StateView,
): AsyncGenerator<Elements> {
  for await (const states of batches) {
    yield { printed: states.map((state) => [stateJson(threadId, state, view)]), areAll: false };
  }
}

/** The checkpoint that the path or else the body names, null for the latest, and what of it to print. */
async function askedState(
  context: DoorContext,
  request: FastifyRequest,
): Promise<{ checkpointId: string | null; view: StateView }> {
  if (request.method === "POST") {
    const { checkpoint, select } = await readBody(context, request, "state");
    return { checkpointId: checkpoint, view: select };
  }
  const { checkpoint_id } = request.params as { checkpoint_id?: string };
  const { select } = check(selectRequest, new Map([["select", listedIn(request, "select")]]));
  return { checkpointId: checkpoint_id?.toLowerCase() ?? null, view: select };
}
