import type { Door } from "../door.ts";
import { takeJson } from "./body.ts";
import { deleteCalls, updateCall } from "./call-changes.ts";
import { callRead, callsQueryStats, callsStreamQuery } from "./call-queries.ts";
import { callWrites } from "./call-writes.ts";
import { conversationsSpans } from "./conversations-spans.ts";
import { sendError } from "./errors.ts";
import { feedbackCreate } from "./feedback-create.ts";
import { threadsStreamQuery } from "./threads-stream-query.ts";

/** Weave's documented REST paths. */
export const weaveDoor: Door = {
  http(app, context) {
    takeJson(app, context.limits.restBytes);
    app.setErrorHandler(sendError);
    app.post("/threads/stream_query", threadsStreamQuery(context));
    app.post("/agents/conversations/spans", conversationsSpans(context));
    app.post("/feedback/create", feedbackCreate(context));
    app.register(callWrites(context));
    app.post("/calls/stream_query", callsStreamQuery(context));
    app.post("/calls/query_stats", callsQueryStats(context));
    app.post("/call/read", callRead(context));
    app.post("/calls/delete", deleteCalls(context));
    app.post("/call/update", updateCall(context));
  },
};
