import { create } from "@bufbuild/protobuf";
import type { HandlerContext } from "@connectrpc/connect";
import {
  SortDirection as DirectionMessage,
  type ThreadSort as ThreadSortMessage,
  type ThreadSummary as ThreadSummaryMessage,
  ThreadSummarySchema,
  type ThreadsQueryRequest,
  type ThreadsQueryResponse,
  ThreadsQueryResponseSchema,
} from "../../../gen/skein/v1/thread_pb.ts";
import { InvalidRequestError } from "../../model/base/errors.ts";
import type { SortDirection } from "../../model/query/sort-direction.ts";
import {
  cursorAt,
  effectiveSort,
  THREAD_SORT_FIELDS,
  type ThreadQuery,
  type ThreadSort,
  type ThreadSummary,
} from "../../model/threads/thread.ts";
import type { DoorContext } from "../kit/door.ts";
import { readOptions } from "../kit/rpc/call-answer.ts";
import { MAX_STREAM_MESSAGE_BYTES, messageBytes } from "../kit/rpc/message-size.ts";
import { createPageTokens, cursorOf } from "../kit/rpc/page-token.ts";
import { readTimestamp, toTimestamp } from "../kit/rpc/timestamps.ts";
import { readEnum, readProject } from "./fields.ts";

const DIRECTIONS: Record<DirectionMessage, SortDirection> = {
  [DirectionMessage.UNSPECIFIED]: "asc",
  [DirectionMessage.ASC]: "asc",
  [DirectionMessage.DESC]: "desc",
};

/** What a row's counts, times and quantiles take at most. */
const NUMBER_BYTES = 128;

/** A page token repeats its row's id, twice when sorting by it, escaped (up to 6 times as long) and in base64. */
const TOKEN_BYTES_PER_ID_BYTE = 16;

/**
 * ThreadsQuery: threads with statistics of their turns, in messages of a batch each.
 *
 * Costs what `queryThreads` costs for the rows returned and one more (which tells whether anything follows); in memory
 * two batches, however slowly the client reads.
 */
export function threadsQuery(context: DoorContext) {
  return async function* (
    request: ThreadsQueryRequest,
    handler: HandlerContext,
  ): AsyncGenerator<ThreadsQueryResponse> {
    const filter = request.filter;
    const query: ThreadQuery = {
      projectId: readProject(request.projectId, handler, context),
      now: context.now(),
      startedAfter: readTimestamp(filter?.afterDatetime, ["filter", "after_datetime"]),
      updatedBefore: readTimestamp(filter?.beforeDatetime, ["filter", "before_datetime"]),
      threadIds: filter?.threadIds.length ? filter.threadIds : null,
      sort: effectiveSort(request.sortBy.map(readSort)),
      limit: request.limit ?? null,
      offset: request.offset,
      after: null,
    };
    const { projectId, startedAfter, updatedBefore, threadIds, sort } = query;
    const tokens = createPageTokens(
      [projectId, startedAfter, updatedBefore, threadIds, sort],
      cursorOf(sort.map(({ field }) => field === "thread_id")),
    );
    if (request.pageToken) query.after = tokens.read(request.pageToken);
    const limit = query.limit ?? Number.POSITIVE_INFINITY;
    const onePast = { ...query, limit: query.limit === null ? null : query.limit + 1 };
    for await (const { rows, more } of pages(
      context.store.queryThreads(onePast, readOptions(handler)),
      limit,
    )) {
      yield create(ThreadsQueryResponseSchema, {
        threads: rows.map(toMessage),
        nextPageToken: more ? tokens.after(cursorAt(rows.at(-1)!, sort)) : "",
      });
    }
  };
}

/** Cuts rows into the messages of an answer; `more` says that a row follows, be it past the limit. */
async function* pages(
  batches: AsyncIterable<ThreadSummary[]>,
  limit: number,
): AsyncGenerator<{ rows: ThreadSummary[]; more: boolean }> {
  let rows: ThreadSummary[] = [];
  let bytes = 0;
  let count = 0;
  for await (const batch of batches) {
    for (const [place, row] of batch.entries()) {
      const size = messageBytes(NUMBER_BYTES, row.threadId, row.firstTurnId, row.lastTurnId);
      const token = Buffer.byteLength(row.threadId) * TOKEN_BYTES_PER_ID_BYTE;
      const full = place === 0 || count === limit || bytes + size + token > MAX_STREAM_MESSAGE_BYTES;
      if (full && rows.length > 0) {
        yield { rows, more: true };
        rows = [];
        bytes = 0;
      }
      if (count === limit) return;
      rows.push(row);
      bytes += size;
      count += 1;
    }
  }
  if (rows.length > 0) yield { rows, more: false };
}

/** The field enum counts from 1, in the model's order. */
function readSort(key: ThreadSortMessage, place: number): ThreadSort {
  const field = THREAD_SORT_FIELDS[key.field - 1];
  const path = ["sort_by", place];
  if (!field) {
    const message = `must be one of ${THREAD_SORT_FIELDS.join(", ")}`;
    throw new InvalidRequestError([{ path: [...path, "field"], message }]);
  }
  return { field, direction: readEnum(DIRECTIONS, key.direction, [...path, "direction"]) };
}

function toMessage(row: ThreadSummary): ThreadSummaryMessage {
  return create(ThreadSummarySchema, {
    threadId: row.threadId,
    turnCount: BigInt(row.turnCount),
    startTime: toTimestamp(row.startTime),
    lastUpdated: toTimestamp(row.lastUpdated),
    firstTurnId: row.firstTurnId,
    lastTurnId: row.lastTurnId,
    ...(row.p50TurnDurationMs !== null && { p50TurnDurationMs: row.p50TurnDurationMs }),
    ...(row.p99TurnDurationMs !== null && { p99TurnDurationMs: row.p99TurnDurationMs }),
    spanCount: BigInt(row.spanCount),
    inputTokens: BigInt(row.inputTokens),
    outputTokens: BigInt(row.outputTokens),
  });
}
