import type { FastifyReply, FastifyRequest } from "fastify";
import type { z } from "zod";
import type { StoredDocument, ThreadFilter, ThreadSearch } from "../../model/threads/thread-record.ts";
import type { DoorContext } from "../kit/context.ts";
import { jsonList, withCommas } from "../kit/http/json-list.ts";
import { projectOfRequest } from "../kit/http/request-target.ts";
import { sendPieces, sendRead } from "../kit/http/stream-reply.ts";
import { langgraphBodies } from "./bodies.ts";
import { printThread, type ThreadView } from "./print/thread.ts";
import type { countRequest } from "./requests.ts";
import { includesTtl } from "./target.ts";

const DOCUMENTS: readonly StoredDocument[] = ["metadata", "values", "interrupts"];

/**
 * POST /threads/search: a page of threads; the headers say how many match in all and where the next page starts.
 *
 * Costs what `searchThreads` costs with the total, and in memory a batch of threads, however slowly the client reads.
 */
export function searchThreads(context: DoorContext) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const {
      select: fields,
      extract: extracts,
      ...body
    } = await langgraphBodies.read(context, request, "search");
    const { limit, offset } = body;
    const search: ThreadSearch = {
      ...filterOf(request, context, body),
      threadIds: body.ids?.length ? body.ids : null,
      sortBy: body.sort_by,
      sortOrder: body.sort_order,
      limit,
      offset,
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
      jsonList(context.store.searchThreads(search, read), {
        elements: ({ threads }) => withCommas(threads.map((thread) => printThread(thread, view))),
        areAll: ({ threads, total }) => threads.length === Math.min(limit, Math.max(0, total! - offset)),
        headers: ({ total, hasMore }) => ({
          "x-pagination-total": total!,
          ...(hasMore && { "x-pagination-next": offset + limit }),
        }),
      }),
    );
  };
}

/** POST /threads/count: how many threads match, a bare integer. Costs what `countThreads` costs. */
export function countThreads(context: DoorContext) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const filter = filterOf(request, context, await langgraphBodies.read(context, request, "count"));
    return sendRead(reply, "application/json", async (read) =>
      String(await context.store.countThreads(filter, read)),
    );
  };
}

function filterOf(
  request: FastifyRequest,
  context: DoorContext,
  { metadata, values, status }: z.output<typeof countRequest>,
): ThreadFilter {
  return {
    projectId: projectOfRequest(request, context),
    now: context.now(),
    threadIds: null,
    metadata,
    values,
    status: status ?? null,
    uuidsOnly: true,
  };
}
