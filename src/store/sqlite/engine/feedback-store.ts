import { storeClosed } from "../../errors.ts";
import type { Store } from "../../store.ts";
import type { Database } from "../connection/database.ts";
import type { LongReads } from "../workers/long-reads.ts";
import type { WriteQueue } from "../workers/write-queue.ts";

type FeedbackStore = Pick<Store, "createFeedback" | "deleteFeedback" | "queryFeedback">;

/** Feedback, over the queue of writes and the threads for long reads. */
export function createFeedbackStore(main: Database, queue: WriteQueue, longReads: LongReads): FeedbackStore {
  return {
    createFeedback: (...feedback) =>
      queue.write(
        "createFeedback",
        feedback,
        feedback.reduce(
          (total, { payloadJson, extraJson }) => total + payloadJson.length + extraJson.length,
          0,
        ),
      ),

    deleteFeedback: (which) => queue.write("deleteFeedback", which),

    async *queryFeedback(query, options = {}) {
      options.signal?.throwIfAborted();
      if (!main.open) throw storeClosed();
      yield* longReads.read("feedback", query, options);
    },
  };
}
