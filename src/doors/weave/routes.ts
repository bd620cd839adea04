import type { Route } from "../kit/http/route.ts";
import { conversationsSpans } from "./agents/conversations-spans.ts";
import { readers } from "./bodies.ts";
import { deleteCalls, updateCall } from "./calls/changes.ts";
import { callRead, callsQueryStats, callsStreamQuery } from "./calls/queries.ts";
import {
  callEndRequest,
  callStartRequest,
  callsCompleteRequest,
  upsertBatchRequest,
} from "./calls/requests.ts";
import { completeCalls, endCall, startCall, upsertBatch } from "./calls/writes.ts";
import { feedbackBatchCreate, feedbackCreate } from "./feedback/create.ts";
import { feedbackPurge, feedbackQuery } from "./feedback/query.ts";
import { fileContent, fileCreate } from "./files/files.ts";
import { graphql, MAX_GRAPHQL_BYTES } from "./handshake/graphql.ts";
import { serverInfo } from "./handshake/server-info.ts";
import { objCreate, objDelete, objRead, objsQuery } from "./objects/objects.ts";
import { refsReadBatch } from "./objects/refs.ts";
import { tableCreate, tableQuery, tableQueryStats, tableUpdate } from "./tables/tables.ts";
import { threadsStreamQuery } from "./threads/stream-query.ts";

const start = { type: callStartRequest };
const end = { type: callEndRequest };
const batch = { type: upsertBatchRequest };
const complete = { type: callsCompleteRequest };

/** All that the door answers: Weave's documented paths. */
export const routes: readonly Route[] = [
  {
    method: "POST",
    path: "/threads/stream_query",
    access: "read",
    body: readers.threadsQuery,
    handler: threadsStreamQuery,
  },
  {
    method: "POST",
    path: "/agents/conversations/spans",
    access: "read",
    body: readers.conversationSpans,
    handler: conversationsSpans,
  },
  {
    method: "POST",
    path: "/feedback/create",
    access: "write",
    body: readers.feedbackCreate,
    handler: feedbackCreate,
  },
  {
    method: "POST",
    path: "/feedback/batch/create",
    access: "write",
    body: readers.feedbackBatchCreate,
    handler: feedbackBatchCreate,
  },
  {
    method: "POST",
    path: "/feedback/query",
    access: "read",
    body: readers.feedbackQuery,
    handler: feedbackQuery,
  },
  {
    method: "POST",
    path: "/feedback/purge",
    access: "write",
    body: readers.feedbackPurge,
    handler: feedbackPurge,
  },
  { method: "GET", path: "/server_info", access: "open", handler: serverInfo },
  {
    method: "POST",
    path: "/graphql",
    access: "read",
    body: readers.graphql,
    maxBytes: MAX_GRAPHQL_BYTES,
    handler: graphql,
  },
  { method: "POST", path: "/obj/create", access: "write", body: readers.objectCreate, handler: objCreate },
  { method: "POST", path: "/obj/read", access: "read", body: readers.objectRead, handler: objRead },
  { method: "POST", path: "/obj/delete", access: "write", body: readers.objectDelete, handler: objDelete },
  { method: "POST", path: "/objs/query", access: "read", body: readers.objectsQuery, handler: objsQuery },
  { method: "POST", path: "/table/create", access: "write", body: readers.tableCreate, handler: tableCreate },
  { method: "POST", path: "/table/update", access: "write", body: readers.tableUpdate, handler: tableUpdate },
  { method: "POST", path: "/table/query", access: "read", body: readers.tableQuery, handler: tableQuery },
  {
    method: "POST",
    path: "/table/query_stats",
    access: "read",
    body: readers.content,
    handler: tableQueryStats,
  },
  { method: "POST", path: "/refs/read_batch", access: "read", body: readers.refs, handler: refsReadBatch },
  { method: "POST", path: "/file/create", access: "write", handler: fileCreate },
  { method: "POST", path: "/files/create", access: "write", handler: fileCreate },
  { method: "POST", path: "/file/content", access: "read", body: readers.content, handler: fileContent },
  { method: "POST", path: "/files/content", access: "read", body: readers.content, handler: fileContent },
  { method: "POST", path: "/call/start", access: "write", body: start, handler: startCall },
  { method: "POST", path: "/call/end", access: "write", body: end, handler: endCall },
  { method: "POST", path: "/call/upsert_batch", access: "write", body: batch, handler: upsertBatch },
  {
    method: "POST",
    path: "/v2/:entity/:project/call/start",
    access: "write",
    body: start,
    handler: startCall,
  },
  { method: "POST", path: "/v2/:entity/:project/call/end", access: "write", body: end, handler: endCall },
  {
    method: "POST",
    path: "/v2/:entity/:project/calls/complete",
    access: "write",
    body: complete,
    handler: completeCalls,
  },
  {
    method: "POST",
    path: "/calls/stream_query",
    access: "read",
    body: readers.callsQuery,
    handler: callsStreamQuery,
  },
  {
    method: "POST",
    path: "/calls/query_stats",
    access: "read",
    body: readers.callsStats,
    handler: callsQueryStats,
  },
  { method: "POST", path: "/call/read", access: "read", body: readers.callRead, handler: callRead },
  { method: "POST", path: "/calls/delete", access: "write", body: readers.callsDelete, handler: deleteCalls },
  { method: "POST", path: "/call/update", access: "write", body: readers.callUpdate, handler: updateCall },
];
