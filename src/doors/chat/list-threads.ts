import type { FastifyReply, FastifyRequest } from "fastify";
import type { ChatQuery } from "../../model/transcripts/chat-thread.ts";
import type { DoorContext } from "../kit/context.ts";
import { jsonList } from "../kit/http/json-list.ts";
import { projectOfRequest } from "../kit/http/request-target.ts";
import { sendPieces } from "../kit/http/stream-reply.ts";
import { listSummary } from "./print/list-summary.ts";
import { threadJson } from "./print/thread.ts";
import { threadsQuery } from "./requests.ts";
import { readQuery } from "./target.ts";

/**
 * GET /api/chat/threads: the threads of a project, the latest first, and what all of them add up to.
 *
 * Costs the threads returned, and in memory a batch of them, however slowly the client reads.
 */
export function listThreads(context: DoorContext) {
  return (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const startedAt = performance.now();
    const { project_id, project_type, limit } = readQuery(request, threadsQuery);
    const query: ChatQuery = {
      projectId: projectOfRequest(request, context, project_id),
      projectType: project_type,
      now: context.now(),
      archived: null,
      pinned: null,
      tags: [],
      title: null,
      limit,
      after: null,
    };
    let summary: ReturnType<typeof listSummary> | null = null;
    return sendPieces(reply, "application/json", (read) =>
      jsonList(context.store.listChats(query, read), {
        head: '{"threads":[',
        elements(batch) {
          summary ??= listSummary(batch, query, request.headers);
          return batch.chats.map((chat) => threadJson(chat, query.projectId)).join(",");
        },
        tail() {
          const queryDurationMs = Math.round((performance.now() - startedAt) * 1000) / 1000;
          return `],${JSON.stringify({ ...summary, queryDurationMs }).slice(1)}`;
        },
        areAll: ({ chats, totals }) => chats.length === Math.min(limit, totals.threads),
      }),
    );
  };
}
