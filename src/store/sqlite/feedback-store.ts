import type { Store } from "../store.ts";
import type { WriteQueue } from "./write-queue.ts";

type FeedbackStore = Pick<Store, "createFeedback" | "deleteFeedback">;

/** Feedback, over the queue of writes. */
export function createFeedbackStore(queue: WriteQueue): FeedbackStore {
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
  };
}
