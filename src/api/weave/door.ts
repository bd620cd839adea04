import type { Door } from "../door.ts";
import { takeJson } from "./body.ts";
import { deleteCalls, updateCall } from "./call-changes.ts";
import { callRead, callsQueryStats, callsStreamQuery } from "./call-queries.ts";
import { callWrites } from "./call-writes.ts";
import { conversationsSpans } from "./conversations-spans.ts";
import { sendError } from "./errors.ts";
import { feedbackCreate } from "./feedback-create.ts";
import { serveFiles } from "./files.ts";
import { graphql } from "./graphql.ts";
import { objCreate, objRead, objsQuery } from "./objects.ts";
import { refsReadBatch } from "./refs.ts";
import { serverInfo } from "./server-info.ts";
import { tableCreate, tableQuery, tableQueryStats, tableUpdate } from "./tables.ts";
import { threadsStreamQuery } from "./threads-stream-query.ts";

/** Weave's documented REST paths. */
export const weaveDoor: Door = {
  async http(app, context) {
    takeJson(app, context.limits.restBytes);
    app.setErrorHandler(sendError);
    app.post("/threads/stream_query", threadsStreamQuery(context));
    app.post("/agents/conversations/spans", conversationsSpans(context));
    app.post("/feedback/create", feedbackCreate(context));
    app.get("/server_info", serverInfo);
    app.post("/graphql", graphql(context));
    app.post("/obj/create", objCreate(context));
    app.post("/obj/read", objRead(context));
    app.post("/objs/query", objsQuery(context));
    app.post("/table/create", tableCreate(context));
    app.post("/table/update", tableUpdate(context));
    app.post("/table/query", tableQuery(context));
    app.post("/table/query_stats", tableQueryStats(context));
    app.post("/refs/read_batch", refsReadBatch(context));
    await serveFiles(app, context);
    app.register(callWrites(context));
    app.post("/calls/stream_query", callsStreamQuery(context));
    app.post("/calls/query_stats", callsQueryStats(context));
    app.post("/call/read", callRead(context));
    app.post("/calls/delete", deleteCalls(context));
    app.post("/call/update", updateCall(context));
  },
};
