import { READS } from "../access.ts";
import type { Door } from "../door.ts";
import { takeJson } from "./body.ts";
import { conversationsSpans } from "./conversations-spans.ts";
import { sendError } from "./errors.ts";
import { feedbackCreate } from "./feedback-create.ts";
import { threadsStreamQuery } from "./threads-stream-query.ts";

/** Weave's documented REST paths. */
export const weaveDoor: Door = {
  http(app, context) {
    takeJson(app, context.limits.restBytes);
    app.setErrorHandler(sendError);
    app.post("/threads/stream_query", READS, threadsStreamQuery(context));
    app.post("/agents/conversations/spans", READS, conversationsSpans(context));
    app.post("/feedback/create", feedbackCreate(context));
  },
};
