import type { IncomingHttpHeaders } from "node:http";
import packageJson from "../../../package.json" with { type: "json" };
import { formatInstant } from "../../model/base/instant.ts";
import { createUuid } from "../../model/base/uuid.ts";
import { type ChatQuery, chatCursor } from "../../model/transcripts/chat-thread.ts";
import type { ChatBatch } from "../../store/roles/chats.ts";

/** The version of the API that this door speaks. */
const API_VERSION = "1";

/** A `traceparent` of W3C's Trace Context; its trace id is picked out. */
const TRACEPARENT = /^[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}/;

/**
 * What the list of threads says beside the threads: every documented key, in its order, null for what is unknown.
 *
 * @param first the first batch of the list
 */
export function listSummary(
  { totals, chats, hasMore }: ChatBatch,
  { projectId, limit, now }: ChatQuery,
  headers: IncomingHttpHeaders,
) {
  const [latest] = chats;
  return {
    totalCount: totals.threads,
    projectId,
    status: "success",
    message: null,
    page: 1,
    pageSize: limit,
    totalPages: Math.ceil(totals.threads / limit),
    hasNext: hasMore,
    hasPrevious: false,
    filterTags: null,
    filterStatus: null,
    searchQuery: null,
    sortBy: "lastMessageAt",
    sortOrder: "desc",
    activeThreadCount: totals.threads - totals.archived,
    archivedThreadCount: totals.archived,
    totalMessages: totals.messages,
    totalTokens: totals.tokens,
    /** Known when the list is complete. */
    queryDurationMs: 0,
    cacheHit: false,
    cacheAgeSeconds: null,
    requestId: textOf(headers["x-request-id"]) ?? createUuid(now),
    userId: null,
    sessionId: null,
    traceId: TRACEPARENT.exec(textOf(headers.traceparent) ?? "")?.[1] ?? null,
    correlationId: textOf(headers["x-correlation-id"]),
    apiVersion: API_VERSION,
    serverVersion: packageJson.version,
    clientVersion: null,
    timestamp: formatInstant(now),
    lastUpdated: latest ? formatInstant(chatCursor(latest).activeAt) : null,
    errors: null,
    warnings: null,
    environment: null,
    region: null,
    customMetadata: null,
    deprecationNotice: null,
    migrationGuide: null,
    extra: null,
  };
}

/** A header's text; null where there is none. */
function textOf(header: string | string[] | undefined): string | null {
  return [header].flat()[0] || null;
}
