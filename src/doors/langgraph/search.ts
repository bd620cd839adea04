import type { FastifyReply, FastifyRequest } from "fastify";
import type { z } from "zod";
import type { StoredDocument, ThreadFilter, ThreadSearch } from "../../model/threads/thread-record.ts";
import type { RecordBatch } from "../../store/roles/records.ts";
import type { DoorContext } from "../kit/door.ts";
import { sendPieces } from "../kit/http/stream-reply.ts";
import { readBody } from "./body.ts";
import { type Elements, jsonArray } from "./json-array.ts";
import { includesTtl, projectOf } from "./request.ts";
import type { countRequest } from "./requests.ts";
import { printThread, type ThreadView } from "./thread-json.ts";

const DOCUMENTS: readonly StoredDocument[] = ["metadata", "values", "interrupts"];

/**
 * POST /threads/search: a page of threads; the headers say how many match in all and where the next page starts.
 *
 * Costs what `searchThreads` costs with the total, and in memory a batch of threads, however slowly the client reads.
 */
export function searchThreads(context: DoorContext) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const { select: fields, extract: extracts, ...body } = await readBody(context, request, "search");
    const search: ThreadSearch = {
      ...filterOf(request, context, body),
      threadIds: body.ids?.length ? body.ids : null,
      sortBy: body.sort_by,
      sortOrder: body.sort_order,
      limit: body.limit,
      offset: body.offset,
      after: null,
      documents: DOCUMENTS.filter((name) => fields.includes(name)),
      extract: extracts ? [...extracts.values()] : [],
      withTotal: true,
    };
    const view: ThreadView = {
      fields,
      withTtl: includesTtl(request),
      aliases: extracts && [...extracts.keys()],
    };
    return sendPieces(reply, "application/json", (read) =>
      jsonArray(page(context.store.searchThreads(search, read), search, view, reply)),
    );
  };
}

/** POST /threads/count: how many threads match, a bare integer. Costs what `countThreads` costs. */
export function countThreads(context: DoorContext) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const filter = filterOf(request, context, await readBody(context, request, "count"));
    return sendPieces(reply, "application/json", async function* (read) {
      yield { whole: String(await context.store.countThreads(filter, read)) };
    });
  };
}

function filterOf(
  request: FastifyRequest,
  context: DoorContext,
  { metadata, values, status }: z.output<typeof countRequest>,
): ThreadFilter {
  return {
    projectId: projectOf(request, context),
    now: context.now(),
    threadIds: null,
    metadata,
    values,
    status: status ?? null,
    uuidsOnly: true,
  };
}

/** Prints the threads of a page, and tells its place among all in the headers before the first is sent. */
async function* page(
  batches: AsyncIterable<RecordBatch>,
  { offset, limit }: ThreadSearch,
  view: ThreadView,
  reply: FastifyReply,
): AsyncGenerator<Elements> {
  let first = true;
  for await (const { threads, total, hasMore } of batches) {
    if (first) {
      reply.header("x-pagination-total", total);
      if (hasMore && limit !== null) reply.header("x-pagination-next", offset + limit);
      first = false;
    }
    const areAll = threads.length === Math.min(limit ?? Infinity, Math.max(0, (total ?? Infinity) - offset));
    yield { printed: threads.map((thread) => printThread(thread, view)), areAll };
  }
}
