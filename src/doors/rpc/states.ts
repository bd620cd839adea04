import { create } from "@bufbuild/protobuf";
import type { HandlerContext } from "@connectrpc/connect";
import {
  type GetStateRequest,
  type GetStateResponse,
  GetStateResponseSchema,
  type ListHistoryRequest,
  type ListHistoryResponse,
  ListHistoryResponseSchema,
  type SetStateRequest,
  type SetStateResponse,
  SetStateResponseSchema,
  StateChangeSchema,
} from "../../../gen/skein/v1/state_pb.ts";
import { TooLargeError } from "../../model/base/errors.ts";
import type { DoorContext } from "../kit/door.ts";
import { countAnswer, readOptions } from "../kit/rpc/call-answer.ts";
import { pageTooLarge } from "../kit/rpc/message-size.ts";
import { createPageTokens } from "../kit/rpc/page-token.ts";
import { toTimestamp } from "../kit/rpc/timestamps.ts";
import { readDocuments, readKey, readPageSize } from "./fields.ts";
import { checkpointBytes, documentsOf, readChange, toCheckpoint } from "./state-messages.ts";

/**
 * SetState: adds a state to a thread's history.
 *
 * Costs one durable write, and reads the state it follows.
 */
export function setState(context: DoorContext) {
  return async (request: SetStateRequest, handler: HandlerContext): Promise<SetStateResponse> => {
    const key = readKey(request, handler, context);
    const given = request.change ?? create(StateChangeSchema);
    const change = readChange(given, ["change"], key.now);
    await readDocuments(context, documentsOf(given, ["change"]));
    const { checkpointId, parentId, createdAt } = await context.store.setState({
      ...key,
      baseId: request.baseCheckpointId || null,
      change,
    });
    return create(SetStateResponseSchema, {
      checkpointId,
      parentId: parentId ?? "",
      createdAt: toTimestamp(createdAt),
    });
  };
}

/**
 * GetState: the latest state of a thread, or that of a checkpoint.
 *
 * Costs a look-up and the state.
 */
export function getState(context: DoorContext) {
  return async (request: GetStateRequest, handler: HandlerContext): Promise<GetStateResponse> => {
    const checkpointId = request.checkpointId || null;
    const state = await context.store.getState({ ...readKey(request, handler, context), checkpointId });
    if (!state) return create(GetStateResponseSchema);
    countAnswer(handler, context.limits.rpcBytes, (limit) => {
      return new TooLargeError(
        `the state is over the limit of ${limit} bytes: call Search and extract parts`,
      );
    })(checkpointBytes(state));
    return create(GetStateResponseSchema, { checkpoint: toCheckpoint(state) });
  };
}

/**
 * ListHistory: a page of a thread's states, the newest first.
 *
 * Costs what `listStates` costs for the states returned and one more (which tells whether anything follows); in memory
 * the answer, of which no more is read than the message limit lets through.
 */
export function listHistory(context: DoorContext) {
  return async (request: ListHistoryRequest, handler: HandlerContext): Promise<ListHistoryResponse> => {
    const key = readKey(request, handler, context);
    const limit = readPageSize(request.limit);
    const from = request.from || null;
    const [metadata = null] = await readDocuments(context, [
      { kind: "filter", text: request.metadataJson, path: ["metadata_json"] },
    ]);
    const tokens = createPageTokens([key.projectId, key.threadId, request.before, from, metadata], (place) =>
      typeof place === "string" ? place : null,
    );
    const before = request.pageToken ? tokens.read(request.pageToken) : request.before || null;
    const states = context.store.listStates(
      { ...key, limit: limit + 1, before, from, metadata },
      readOptions(handler),
    );
    const response = create(ListHistoryResponseSchema);
    const count = countAnswer(handler, context.limits.rpcBytes, pageTooLarge);
    for await (const batch of states) {
      for (const state of batch) {
        if (response.checkpoints.length === limit) {
          response.nextPageToken = tokens.after(response.checkpoints.at(-1)!.checkpointId);
          return response;
        }
        count(checkpointBytes(state));
        response.checkpoints.push(toCheckpoint(state));
      }
    }
    return response;
  };
}
