import { ThreadService } from "../../../gen/skein/v1/thread_service_pb.ts";
import type { Door } from "../door.ts";
import { createFeedback } from "./create-feedback.ts";
import { serveSpans, streamSpans } from "./spans.ts";
import { threadsQuery } from "./threads-query.ts";

/** Skein's own service. Handlers raise domain errors; the server's interceptor turns them into RPC errors. */
export const threadServiceDoor: Door = {
  rpc(router, context) {
    const { method } = ThreadService;
    router.rpc(method.threadsQuery, threadsQuery(context));
    serveSpans(router, context);
    router.rpc(method.streamSpans, streamSpans(context));
    router.rpc(method.createFeedback, createFeedback(context));
  },
};
