import type { Door } from "../kit/door.ts";
import { OPEN, READS } from "../kit/identity/access.ts";
import { conversationsSpans } from "./agents/conversations-spans.ts";
import { takeJson } from "./body.ts";
import { deleteCalls, updateCall } from "./calls/call-changes.ts";
import { callRead, callsQueryStats, callsStreamQuery } from "./calls/call-queries.ts";
import { callWrites } from "./calls/call-writes.ts";
import { sendError } from "./errors.ts";
import { feedbackBatchCreate, feedbackCreate } from "./feedback/feedback-create.ts";
import { feedbackPurge, feedbackQuery } from "./feedback/feedback-query.ts";
import { serveFiles } from "./files/files.ts";
import { graphql, MAX_GRAPHQL_BYTES } from "./graphql.ts";
import { objCreate, objDelete, objRead, objsQuery } from "./objects/objects.ts";
import { refsReadBatch } from "./objects/refs.ts";
import { serverInfo } from "./server-info.ts";
import { tableCreate, tableQuery, tableQueryStats, tableUpdate } from "./tables/tables.ts";
import { threadsStreamQuery } from "./threads/threads-stream-query.ts";

/** Weave's documented REST paths. */
export const weaveDoor: Door = {
  async http(app, context) {
    takeJson(app, context.limits.restBytes);
    app.setErrorHandler(sendError);
    app.post("/threads/stream_query", READS, threadsStreamQuery(context));
    app.post("/agents/conversations/spans", READS, conversationsSpans(context));
    app.post("/feedback/create", feedbackCreate(context));
    app.post("/feedback/batch/create", feedbackBatchCreate(context));
    app.post("/feedback/query", READS, feedbackQuery(context));
    app.post("/feedback/purge", feedbackPurge(context));
    app.get("/server_info", OPEN, serverInfo);
    app.post("/graphql", { ...READS, bodyLimit: MAX_GRAPHQL_BYTES }, graphql(context));
    app.post("/obj/create", objCreate(context));
    app.post("/obj/read", READS, objRead(context));
    app.post("/obj/delete", objDelete(context));
    app.post("/objs/query", READS, objsQuery(context));
    app.post("/table/create", tableCreate(context));
    app.post("/table/update", tableUpdate(context));
    app.post("/table/query", READS, tableQuery(context));
    app.post("/table/query_stats", READS, tableQueryStats(context));
    app.post("/refs/read_batch", READS, refsReadBatch(context));
    await serveFiles(app, context);
    app.register(callWrites(context));
    app.post("/calls/stream_query", READS, callsStreamQuery(context));
    app.post("/calls/query_stats", READS, callsQueryStats(context));
    app.post("/call/read", READS, callRead(context));
    app.post("/calls/delete", deleteCalls(context));
    app.post("/call/update", updateCall(context));
  },
};
