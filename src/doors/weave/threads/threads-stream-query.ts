import type { FastifyReply, FastifyRequest } from "fastify";
import { formatInstant } from "../../../model/base/instant.ts";
import { effectiveSort, type ThreadQuery, type ThreadSummary } from "../../../model/threads/thread.ts";
import type { DoorContext } from "../../kit/door.ts";
import { sendPieces } from "../../kit/http/stream-reply.ts";
import { bodyOf } from "../body.ts";
import { lineType } from "../line-type.ts";

/**
 * POST /threads/stream_query: threads with statistics of their turns, a line of JSON each; none is no bytes.
 *
 * Costs what `queryThreads` costs for the rows returned (an index walk for a single sort key), and in memory a batch of
 * rows, however slowly the client reads.
 */
export function threadsStreamQuery(context: DoorContext) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const body = await bodyOf(context, request, "threadsQuery");
    const query: ThreadQuery = {
      projectId: body.project_id,
      now: context.now(),
      startedAfter: body.filter?.after_datetime ?? null,
      updatedBefore: body.filter?.before_datetime ?? null,
      threadIds: body.filter?.thread_ids?.length ? body.filter.thread_ids : null,
      sort: effectiveSort(body.sort_by ?? []),
      limit: body.limit,
      offset: body.offset ?? 0,
      after: null,
    };
    return sendPieces(reply, lineType(request.headers.accept), (read) =>
      lines(context.store.queryThreads(query, read)),
    );
  };
}

async function* lines(batches: AsyncIterable<ThreadSummary[]>): AsyncGenerator<string> {
  for await (const batch of batches) {
    if (batch.length > 0) yield batch.map(threadLine).join("");
  }
}

function threadLine(thread: ThreadSummary): string {
  return (
    `{"thread_id":${JSON.stringify(thread.threadId)},"turn_count":${thread.turnCount}` +
    `,"start_time":"${formatInstant(thread.startTime)}","last_updated":"${formatInstant(thread.lastUpdated)}"` +
    `,"first_turn_id":${JSON.stringify(thread.firstTurnId)},"last_turn_id":${JSON.stringify(thread.lastTurnId)}` +
    `,"p50_turn_duration_ms":${thread.p50TurnDurationMs},"p99_turn_duration_ms":${thread.p99TurnDurationMs}}\n`
  );
}
