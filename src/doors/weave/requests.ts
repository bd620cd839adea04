import { z } from "zod";
import { OBJECT_SORT_FIELDS } from "../../model/content/content.ts";
import { THREAD_SORT_FIELDS } from "../../model/threads/thread.ts";
import { MAX_CONVERSATION_IDS } from "../../model/traces/span.ts";
import { readNumber, readString } from "../fastapi/readers.ts";
import {
  anything,
  bool,
  choice,
  datetime,
  dict,
  dictOf,
  id,
  ids,
  int,
  list,
  made,
  ref,
  text,
  texts,
} from "../fastapi/types.ts";

/** Far more sort keys than can matter; it bounds the work of checking them. */
const MAX_SORT_KEYS = 100;

/** Far more tags and ratings than one piece of feedback has, likewise. */
const MAX_SCORES = 1000;

/** Far more pieces of feedback than are given at once. */
const MAX_FEEDBACK = 10_000;

const optionalText = text().nullable().default(null);
const optionalRef = ref().nullable().default(null);

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
  project_id: id({ minLength: 1 }),
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

const SORT_DIRECTIONS = ["asc", "desc"] as const;

/** Far more refs than a page shows; it bounds the work, as upstream. */
const MAX_REFS = 1000;

/** Far more than there are. */
const MAX_FIELDS = 1000;

/** Far more versions than are deleted at once. */
const MAX_VERSIONS = 10_000;

const optionalTexts = texts().nullable().default(null);
const optionalBool = bool().nullable().default(null);
const count = int({ ge: 0 }).nullable().default(null);

/** The body of POST /feedback/query, but for what the query says. */
export const feedbackQueryRequest = z.strictObject({
  project_id: text({ minLength: 1 }),
  fields: texts({ maxLength: MAX_FIELDS }).nullable().default(null),
  query: dict().nullable().default(null),
  sort_by: list(z.strictObject({ field: text(), direction: choice(SORT_DIRECTIONS) }), {
    maxLength: MAX_SORT_KEYS,
  })
    .nullable()
    .default(null),
  limit: count,
  offset: count,
});

/** The body of POST /feedback/purge, but for what the query says. */
export const feedbackPurgeRequest = z.strictObject({ project_id: text({ minLength: 1 }), query: dict() });

/** A file as it came in. */
export interface ReceivedFile {
  digest: string;
  pieces: Uint8Array[];
}

/** The form of POST /file/create; a file is what the door made of it. */
export const fileForm = z.object({
  project_id: id({ minLength: 1 }),
  file: made<ReceivedFile>("an uploaded file"),
});

/** A request for what a digest names: a file, or the statistics of a table. */
export const contentRequest = z.object({ project_id: text({ minLength: 1 }), digest: text() });

/** The body of POST /obj/create, but for the value itself, which is read exactly. */
export const objectCreateRequest = z.object({
  obj: z.object({
    project_id: id({ minLength: 1 }),
    object_id: id({ minLength: 1 }),
    val: anything(),
    wb_user_id: optionalText,
  }),
});

/** The body of POST /obj/read. */
export const objectReadRequest = z.object({
  project_id: text({ minLength: 1 }),
  object_id: text(),
  digest: text(),
  metadata_only: optionalBool,
});

/** The body of POST /obj/delete. */
export const objectDeleteRequest = z.object({
  project_id: text({ minLength: 1 }),
  object_id: text(),
  digests: texts({ maxLength: MAX_VERSIONS }).nullable().default(null),
});

/** The body of POST /objs/query. */
export const objectsQueryRequest = z.object({
  project_id: text({ minLength: 1 }),
  filter: z
    .object({
      object_ids: optionalTexts,
      base_object_classes: optionalTexts,
      exclude_base_object_classes: optionalTexts,
      leaf_object_classes: optionalTexts,
      is_op: optionalBool,
      latest_only: optionalBool,
    })
    .nullable()
    .default(null),
  limit: count,
  offset: count,
  sort_by: list(z.object({ field: choice(OBJECT_SORT_FIELDS), direction: choice(SORT_DIRECTIONS) }), {
    maxLength: MAX_SORT_KEYS,
  })
    .nullable()
    .default(null),
  metadata_only: optionalBool,
});

/** The body of POST /table/create, but for the rows themselves. */
export const tableCreateRequest = z.object({
  table: z.object({
    project_id: id({ minLength: 1 }),
    rows: list(dict(), { maxLength: Number.POSITIVE_INFINITY }),
  }),
});

/** The body of POST /table/update, but for the updates themselves. */
export const tableUpdateRequest = z.object({
  project_id: id({ minLength: 1 }),
  base_digest: text(),
  updates: list(dict(), { maxLength: Number.POSITIVE_INFINITY }),
});

/** The body of POST /table/query. */
export const tableQueryRequest = z.object({
  project_id: text({ minLength: 1 }),
  digest: text(),
  filter: z.object({ row_digests: optionalTexts }).nullable().default(null),
  limit: count,
  offset: count,
  sort_by: list(anything(), { maxLength: MAX_SORT_KEYS }).nullable().default(null),
});

/** The body of POST /refs/read_batch. */
export const refsRequest = z.object({ refs: texts({ maxLength: MAX_REFS }) });

/** The body of POST /graphql. */
export const graphqlRequest = z.object({
  query: text(),
  /** Those that are texts: no others are looked at. */
  variables: dict()
    .transform((given) => Object.fromEntries(Object.entries(given).filter(isTextEntry)))
    .nullable()
    .default(null),
});

function isTextEntry(entry: [string, unknown]): entry is [string, string] {
  return typeof entry[1] === "string";
}
