import { z } from "zod";
import { choice, datetime, dict, id, int, list, text, texts } from "../../fastapi/types.ts";

/** Far more calls than fit into the largest request. */
const MAX_BATCH = 1_000_000;

/** Far more than can matter; it bounds the work of checking them. */
const MAX_SORT_KEYS = 100;

const optionalText = text().nullable().default(null);
const optionalId = id().nullable().default(null);
const optionalTexts = texts().nullable().default(null);
const ignored = z.unknown().default(null);

/** Text for people, of which half a surrogate pair is no reason to refuse a call: clients cut names anywhere. */
const wording = z.preprocess(
  (input) => (typeof input === "string" ? input.toWellFormed() : input),
  text().nullable().default(null),
);

/** The first half of a call, as far as it is understood; all of it is kept. */
const started = z.object({
  project_id: id({ minLength: 1 }),
  id: optionalId,
  trace_id: optionalId,
  parent_id: optionalId,
  op_name: id(),
  display_name: wording,
  thread_id: optionalId,
  turn_id: optionalId,
  started_at: datetime(),
  attributes: dict(),
  inputs: dict(),
  wb_user_id: optionalText,
  wb_run_id: optionalText,
});

/** The second half. */
const ended = z.object({
  project_id: id({ minLength: 1 }),
  id: id({ minLength: 1 }),
  ended_at: datetime(),
  display_name: wording,
  exception: wording,
  output: z.unknown().optional(),
  summary: dict(),
});

export type StartedBody = z.output<typeof started>;
export type EndedBody = z.output<typeof ended>;

/** The body of POST /call/start. */
export const callStartRequest = z.object({ start: started });

/** The body of POST /call/end. */
export const callEndRequest = z.object({ end: ended });

/** The body of POST /call/upsert_batch. */
export const upsertBatchRequest = z.object({
  batch: list(
    z.discriminatedUnion("mode", [
      z.object({ mode: z.literal("start"), req: callStartRequest }),
      z.object({ mode: z.literal("end"), req: callEndRequest }),
    ]),
    { maxLength: MAX_BATCH },
  ),
});

/** The body of POST /v2/{entity}/{project}/calls/complete. */
export const callsCompleteRequest = z.object({
  batch: list(z.object({ ...started.shape, ...ended.omit({ id: true }).shape }), { maxLength: MAX_BATCH }),
});

const filter = z
  .strictObject({
    op_names: optionalTexts,
    parent_ids: optionalTexts,
    trace_ids: optionalTexts,
    call_ids: optionalTexts,
    thread_ids: optionalTexts,
    turn_ids: optionalTexts,
    wb_user_ids: optionalTexts,
    wb_run_ids: optionalTexts,
    trace_roots_only: z.boolean().nullable().default(null),
    input_refs: optionalTexts,
    output_refs: optionalTexts,
  })
  .nullable()
  .default(null);

export type FilterBody = z.output<typeof filter>;

/** The body of POST /calls/stream_query; costs, feedback, sizes and expansions are not computed. */
export const callsQueryRequest = z.strictObject({
  project_id: text({ minLength: 1 }),
  filter,
  limit: int({ ge: 0 }).nullable().default(null),
  offset: int({ ge: 0 }).nullable().default(null),
  sort_by: list(z.strictObject({ field: text(), direction: choice(["asc", "desc"] as const) }), {
    maxLength: MAX_SORT_KEYS,
  })
    .nullable()
    .default(null),
  query: ignored,
  columns: optionalTexts,
  include_costs: ignored,
  include_feedback: ignored,
  include_storage_size: ignored,
  include_total_storage_size: ignored,
  expand_columns: ignored,
  return_expanded_column_values: ignored,
});

/** The body of POST /calls/query_stats. */
export const callsStatsRequest = z.strictObject({
  project_id: text({ minLength: 1 }),
  filter,
  query: ignored,
  limit: int({ ge: 0 }).nullable().default(null),
  include_total_storage_size: ignored,
  expand_columns: ignored,
});

/** The body of POST /call/read. */
export const callReadRequest = z.object({ project_id: text({ minLength: 1 }), id: text() });

/** The body of POST /calls/delete. */
export const callsDeleteRequest = z.object({ project_id: text({ minLength: 1 }), call_ids: texts() });

/** The body of POST /call/update. */
export const callUpdateRequest = z.object({
  project_id: id({ minLength: 1 }),
  call_id: id({ minLength: 1 }),
  display_name: wording,
});
