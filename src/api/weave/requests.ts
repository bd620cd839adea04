import { z } from "zod";
import { MAX_CONVERSATION_IDS } from "../../model/span.ts";
import { THREAD_SORT_FIELDS } from "../../model/thread.ts";
import { readNumber, readString } from "../pydantic/readers.ts";
import { choice, datetime, dict, dictOf, int, list, text, texts } from "../pydantic/types.ts";

/** Far more sort keys than can matter; it bounds the work of checking them. */
const MAX_SORT_KEYS = 100;

/** Far more tags and ratings than one piece of feedback has, likewise. */
const MAX_SCORES = 1000;

const optionalText = text().nullable().default(null);

/** The body of POST /threads/stream_query. */
export const threadsQueryRequest = z.strictObject({
  project_id: text({ minLength: 1 }),
  filter: z
    .strictObject({
      after_datetime: datetime().nullable().default(null),
      before_datetime: datetime().nullable().default(null),
      thread_ids: texts().nullable().default(null),
    })
    .nullable()
    .default(null),
  limit: int({ ge: 0 }).nullable().default(null),
  offset: int({ ge: 0 }).nullable().default(null),
  sort_by: list(
    z.strictObject({ field: choice(THREAD_SORT_FIELDS), direction: choice(["asc", "desc"] as const) }),
    { maxLength: MAX_SORT_KEYS },
  )
    .nullable()
    .default(null),
});

/** The body of POST /agents/conversations/spans. */
export const conversationSpansRequest = z.object({
  project_id: text({ minLength: 1 }),
  conversation_ids: texts({ maxLength: MAX_CONVERSATION_IDS }).default([]),
  started_after: datetime().nullable().default(null),
  started_before: datetime().nullable().default(null),
});

/** The body of POST /feedback/create, as far as it is understood; all of it is kept. */
export const feedbackRequest = z.object({
  project_id: text({ minLength: 1 }),
  weave_ref: text({ minLength: 1 }),
  feedback_type: text({ minLength: 1 }),
  payload: dict(),
  id: optionalText,
  creator: optionalText,
  wb_user_id: optionalText,
  scorer_tags: texts({ maxLength: MAX_SCORES }).default([]),
  scorer_ratings: dictOf(readNumber, { maxLength: MAX_SCORES }).default(new Map()),
  scorer_rating_reasons: dictOf(readString, { maxLength: MAX_SCORES }).default(new Map()),
  scorer_rating_confidences: dictOf(readNumber, { maxLength: MAX_SCORES }).default(new Map()),
  runnable_ref: optionalText,
  call_ref: optionalText,
  trigger_ref: optionalText,
  span_trace_id: optionalText,
  span_conversation_id: optionalText,
});
