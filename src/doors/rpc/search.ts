import { create } from "@bufbuild/protobuf";
import type { HandlerContext } from "@connectrpc/connect";
import {
  type CountThreadsRequest,
  type CountThreadsResponse,
  CountThreadsResponseSchema,
  type SearchRequest,
  type SearchResponse,
  SearchResponseSchema,
  SearchSortField,
  ThreadDocument,
  ThreadFilterSchema,
} from "../../../gen/skein/v1/search_pb.ts";
import { SortDirection as DirectionMessage } from "../../../gen/skein/v1/thread_pb.ts";
import { parseExtracts } from "../../model/query/extract.ts";
import type { SortDirection } from "../../model/query/sort-direction.ts";
import {
  type RecordSortField,
  recordCursor,
  type StoredDocument,
  type ThreadFilter,
  type ThreadRecord,
} from "../../model/threads/thread-record.ts";
import type { DoorContext } from "../kit/door.ts";
import { countAnswer, readOptions } from "../kit/rpc/call-answer.ts";
import { pageTooLarge } from "../kit/rpc/message-size.ts";
import { createPageTokens, cursorOf } from "../kit/rpc/page-token.ts";
import { readDocuments, readEnum, readPageSize, readProject } from "./fields.ts";
import { readStatus, threadBytes, toThread } from "./thread-messages.ts";

const SORT_FIELDS: Record<SearchSortField, RecordSortField> = {
  [SearchSortField.UNSPECIFIED]: "created_at",
  [SearchSortField.THREAD_ID]: "thread_id",
  [SearchSortField.STATUS]: "status",
  [SearchSortField.CREATED_AT]: "created_at",
  [SearchSortField.UPDATED_AT]: "updated_at",
  [SearchSortField.STATE_UPDATED_AT]: "state_updated_at",
};

const DIRECTIONS: Record<DirectionMessage, SortDirection> = {
  [DirectionMessage.UNSPECIFIED]: "desc",
  [DirectionMessage.ASC]: "asc",
  [DirectionMessage.DESC]: "desc",
};

const DOCUMENTS: Record<ThreadDocument, StoredDocument | undefined> = {
  [ThreadDocument.UNSPECIFIED]: undefined,
  [ThreadDocument.METADATA]: "metadata",
  [ThreadDocument.VALUES]: "values",
  [ThreadDocument.INTERRUPTS]: "interrupts",
};

/**
 * Search: a page of threads with the documents asked for.
 *
 * Costs what `searchThreads` costs; in memory the answer, of which no more is read than the message limit lets through.
 */
export function search(context: DoorContext) {
  return async (request: SearchRequest, handler: HandlerContext): Promise<SearchResponse> => {
    const filter = await readConditions(request, handler, context);
    const sortBy = readEnum(SORT_FIELDS, request.sortBy, ["sort_by"]);
    const sortOrder = readEnum(DIRECTIONS, request.sortOrder, ["sort_order"]);
    const limit = readPageSize(request.limit);
    const select = request.select.map((one, index) => readEnum(DOCUMENTS, one, ["select", index]));
    const paths = parseExtracts(Object.entries(request.extract), ["extract"]);
    const { now, ...conditions } = filter;
    const tokens = createPageTokens(
      [conditions, sortBy, sortOrder],
      cursorOf([sortBy === "thread_id" || sortBy === "status"]),
    );
    const page = context.store.searchThreads(
      {
        ...filter,
        sortBy,
        sortOrder,
        limit,
        offset: request.offset,
        after: request.pageToken ? tokens.read(request.pageToken) : null,
        documents: [...new Set(select)],
        extract: [...paths.values()],
        withTotal: request.includeTotal,
      },
      readOptions(handler),
    );
    const aliases = [...paths.keys()];
    const response = create(SearchResponseSchema);
    let last: ThreadRecord | undefined;
    const count = countAnswer(handler, context.limits.rpcBytes, (limit) =>
      pageTooLarge(limit, ", or select less"),
    );
    for await (const { threads, total, hasMore } of page) {
      for (const record of threads) {
        count(threadBytes(record, aliases));
        response.threads.push(toThread(record, aliases));
      }
      last = threads.at(-1) ?? last;
      response.nextPageToken = hasMore && last ? tokens.after(recordCursor(last, sortBy)) : "";
      if (total !== null) response.total = BigInt(total);
    }
    return response;
  };
}

/**
 * CountThreads: how many threads match.
 *
 * Costs what `countThreads` costs.
 */
export function countThreads(context: DoorContext) {
  return async (request: CountThreadsRequest, handler: HandlerContext): Promise<CountThreadsResponse> => {
    const filter = await readConditions(request, handler, context);
    const count = await context.store.countThreads(filter, readOptions(handler));
    return create(CountThreadsResponseSchema, { count: BigInt(count) });
  };
}

async function readConditions(
  { projectId, filter = create(ThreadFilterSchema) }: Pick<SearchRequest, "projectId" | "filter">,
  handler: HandlerContext,
  context: DoorContext,
): Promise<ThreadFilter> {
  const project = readProject(projectId, handler, context);
  const [metadata = null, values = null] = await readDocuments(context, [
    { kind: "filter", text: filter.metadataJson, path: ["filter", "metadata_json"] },
    { kind: "filter", text: filter.valuesJson, path: ["filter", "values_json"] },
  ]);
  return {
    projectId: project,
    now: context.now(),
    threadIds: filter.threadIds.length > 0 ? filter.threadIds : null,
    metadata,
    values,
    status: readStatus(filter.status, ["filter", "status"]),
    uuidsOnly: filter.uuidsOnly,
  };
}
