import type { FastifyReply, FastifyRequest } from "fastify";
import type { ChatQuery } from "../../model/transcripts/chat-thread.ts";
import type { DoorContext } from "../kit/door.ts";
import { sendPieces } from "../kit/http/stream-reply.ts";
import { listSummary } from "./list-summary.ts";
import { listingPieces } from "./pieces.ts";
import { projectOf, readQuery } from "./request.ts";
import { threadsQuery } from "./requests.ts";
import { threadJson } from "./thread-json.ts";

/**
 * GET /api/chat/threads: the threads of a project, the latest first, and what all of them add up to.
 *
 * Costs the threads returned, and in memory two batches of them, however slowly the client reads.
 */
export function listThreads(context: DoorContext) {
  return (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const startedAt = performance.now();
    const { project_id, project_type, limit } = readQuery(request, threadsQuery);
    const query: ChatQuery = {
      projectId: projectOf(request, context, project_id),
      projectType: project_type,
      now: context.now(),
      archived: null,
      pinned: null,
      tags: [],
      title: null,
      limit,
      after: null,
    };
    return sendPieces(reply, "application/json", (read) =>
      listingPieces(context.store.listChats(query, read), {
        head: '{"threads":[',
        elements: ({ chats }) => chats.map((chat) => threadJson(chat, query.projectId)),
        tail(first) {
          const summary = listSummary(first, query, request.headers);
          return () => {
            const queryDurationMs = Math.round((performance.now() - startedAt) * 1000) / 1000;
            return `],${JSON.stringify({ ...summary, queryDurationMs }).slice(1)}`;
          };
        },
      }),
    );
  };
}
