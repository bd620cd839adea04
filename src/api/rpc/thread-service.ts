import { ThreadService } from "../../../gen/skein/v1/thread_service_pb.ts";
import type { Door } from "../door.ts";
import { createFeedback } from "./create-feedback.ts";
import { spans, streamSpans } from "./spans.ts";
import { threadsQuery } from "./threads-query.ts";

/** Skein's own service. Handlers raise domain errors; the server's interceptor turns them into RPC errors. */
export const threadServiceDoor: Door = {
  rpc(router, context) {
    router.service(ThreadService, {
      threadsQuery: threadsQuery(context),
      spans: spans(context),
      streamSpans: streamSpans(context),
      createFeedback: createFeedback(context),
    });
  },
};
