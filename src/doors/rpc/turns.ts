import { create } from "@bufbuild/protobuf";
import type { HandlerContext } from "@connectrpc/connect";
import {
  type ListTurnsRequest,
  type ListTurnsResponse,
  ListTurnsResponseSchema,
  type Turn,
  TurnSchema,
} from "../../../gen/skein/v1/turn_pb.ts";
import type { PlacedTurn, ThreadTurn } from "../../model/threads/turn.ts";
import type { DoorContext } from "../kit/door.ts";
import { countAnswer, readOptions } from "../kit/rpc/call-answer.ts";
import { messageBytes, pageTooLarge } from "../kit/rpc/message-size.ts";
import { createPageTokens } from "../kit/rpc/page-token.ts";
import { toTimestamp } from "../kit/rpc/timestamps.ts";
import { readEnum, readKey, readPageSize } from "./fields.ts";
import { ENDS, readPlace } from "./transcript-places.ts";

/** What the times and numbers of a turn take at most. */
const NUMBER_BYTES = 80;

/**
 * ListTurns: turns of a thread, from either end.
 *
 * Costs what `listTurns` costs; in memory the answer, of which no more is read than the message limit lets through.
 */
export function listTurns(context: DoorContext) {
  return async (request: ListTurnsRequest, handler: HandlerContext): Promise<ListTurnsResponse> => {
    const key = readKey(request, handler, context);
    const from = readEnum(ENDS, request.from, ["from"]);
    const limit = readPageSize(request.limit);
    const tokens = createPageTokens<PlacedTurn["place"]>(
      ["turns", key.projectId, key.threadId, from],
      readPlace,
    );
    const cursor = request.pageToken ? tokens.read(request.pageToken) : null;
    const page = context.store.listTurns({ ...key, from, limit, cursor }, readOptions(handler));
    const response = create(ListTurnsResponseSchema);
    let furthest: PlacedTurn["place"] | undefined;
    const count = countAnswer(handler, context.limits.rpcBytes, pageTooLarge);
    for await (const { turns, total, hasMore } of page) {
      for (const turn of turns) {
        count(turnBytes(turn));
        response.turns.push(toTurn(turn));
        furthest = from === "oldest" ? turn.place : (furthest ?? turn.place);
      }
      response.total = BigInt(total);
      response.nextPageToken = hasMore && furthest ? tokens.after(furthest) : "";
    }
    return response;
  };
}

function toTurn(turn: ThreadTurn): Turn {
  const { endedAt, durationMs } = turn;
  return create(TurnSchema, {
    turnId: turn.turnId,
    traceId: turn.traceId,
    name: turn.name,
    startedAt: toTimestamp(turn.startedAt),
    ...(endedAt !== null && { endedAt: toTimestamp(endedAt) }),
    ...(durationMs !== null && { durationMs: BigInt(durationMs) }),
    failed: turn.failed,
    agent: turn.agent ?? "",
    model: turn.model ?? "",
    spanCount: BigInt(turn.spanCount),
    inputTokens: BigInt(turn.inputTokens),
    outputTokens: BigInt(turn.outputTokens),
  });
}

/** An upper bound of the encoded size of a turn. */
function turnBytes({ turnId, traceId, name, agent, model }: ThreadTurn): number {
  return messageBytes(NUMBER_BYTES, turnId, traceId, name, agent ?? "", model ?? "");
}
