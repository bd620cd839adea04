import { z } from "zod";
import { readNumber, readString } from "../../fastapi/readers.ts";
import { dict, dictOf, id, ids, list, ref, text, texts } from "../../fastapi/types.ts";
import { optionalCount, optionalText, projectId, projectIdToKeep, sortBy } from "../fields.ts";

/** Far more tags and ratings than one piece of feedback has; it bounds the work of checking them. */
const MAX_SCORES = 1000;

/** Far more pieces of feedback than are given at once. */
const MAX_FEEDBACK = 10_000;

/** Far more fields than there are. */
const MAX_FIELDS = 1000;

const optionalRef = ref().nullable().default(null);

/** The body of POST /feedback/create, as far as it is understood; all of it is kept. */
export const feedbackRequest = z.object({
  project_id: projectIdToKeep,
  weave_ref: ref({ minLength: 1 }),
  feedback_type: id({ minLength: 1 }),
  payload: dict(),
  id: optionalText,
  creator: optionalText,
  wb_user_id: optionalText,
  scorer_tags: ids({ maxLength: MAX_SCORES }).default([]),
  scorer_ratings: dictOf(readNumber, { maxLength: MAX_SCORES }).default(new Map()),
  scorer_rating_reasons: dictOf(readString, { maxLength: MAX_SCORES }).default(new Map()),
  scorer_rating_confidences: dictOf(readNumber, { maxLength: MAX_SCORES }).default(new Map()),
  runnable_ref: optionalRef,
  call_ref: optionalRef,
  trigger_ref: optionalRef,
  span_trace_id: optionalText,
  span_conversation_id: optionalText,
});

/** The body of POST /feedback/batch/create. */
export const feedbackBatchRequest = z.object({
  batch: list(feedbackRequest, { maxLength: MAX_FEEDBACK }),
});

/** The body of POST /feedback/query, but for what the query says. */
export const feedbackQueryRequest = z.strictObject({
  project_id: projectId,
  fields: texts({ maxLength: MAX_FIELDS }).nullable().default(null),
  query: dict().nullable().default(null),
  sort_by: sortBy(text()),
  limit: optionalCount,
  offset: optionalCount,
});

/** The body of POST /feedback/purge, but for what the query says. */
export const feedbackPurgeRequest = z.strictObject({ project_id: projectId, query: dict() });
