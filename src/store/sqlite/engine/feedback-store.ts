import type { Feedback } from "../../../model/feedback/feedback.ts";
import type { FeedbackReader, FeedbackWriter } from "../../roles/feedback.ts";
import { feedbackRead } from "../reads/feedback/feedback-query.ts";
import type { WriteQueue } from "../workers/write-queue.ts";
import type { Reading } from "./reading.ts";

/** Feedback. */
export function createFeedbackStore({ read }: Reading, queue: WriteQueue): FeedbackReader & FeedbackWriter {
  return {
    createFeedback: (...feedback) => queue.write("createFeedback", feedback, sizeOf(feedback)),
    deleteFeedback: (which) => queue.write("deleteFeedback", which),
    queryFeedback: (query, options) => read(feedbackRead, query, options),
  };
}

function sizeOf(feedback: Feedback[]): number {
  return feedback.reduce(
    (total, { payloadJson, extraJson }) => total + payloadJson.length + extraJson.length,
    0,
  );
}
