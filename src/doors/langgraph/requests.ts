import { z } from "zod";
import { isJsonObject, type JsonObject, type JsonValue } from "../../model/json/value.ts";
import { parseExtracts, THREAD_FIELDS } from "../../model/query/extract.ts";
import {
  MAX_PRUNED_THREADS,
  RECORD_SORT_FIELDS,
  THREAD_STATUSES,
} from "../../model/threads/thread-record.ts";
import { stateView } from "./state-json.ts";
import {
  choice,
  document,
  documentText,
  filter,
  id,
  integer,
  list,
  object,
  ruled,
  text,
  ttlMinutes,
  uuid,
  uuids,
} from "./types.ts";

/** What a list returns when the request does not say how much. */
const DEFAULT_LIMIT = 10;
const MAX_LIMIT = 1000;

const limit = integer(1, MAX_LIMIT).default(DEFAULT_LIMIT);

const strategy = choice(["delete", "keep_latest"]).default("delete");

/** How long to keep a thread; minutes. */
const ttl = object({ ttl: ttlMinutes(), strategy })
  .transform((given) => ({ minutes: given.ttl, strategy: given.strategy }))
  .optional();

/**
 * Updates of a state: an object, a list of objects to be applied one after the other, or null for none, which LangGraph's
 * clients send to move a thread on without changing its values. As their texts.
 */
const stateValues = ruled(
  z.custom<JsonObject | JsonObject[] | null>(isStateValues, "must be an object, a list of objects or null"),
  (values) => {
    if (Array.isArray(values)) return values.map((update, index) => documentText(update, [index]));
    return values === null ? [] : [documentText(values)];
  },
);

/** One place in a history, as LangGraph's clients name it. Only whole graphs have states here. */
const checkpointFields = {
  checkpoint_id: text().nullish(),
  checkpoint_ns: z.literal("", "must be empty: no states of subgraphs are kept").nullish(),
};
const checkpoint = object(checkpointFields).transform((given) => idOf(given.checkpoint_id));

/** One that a new state follows. */
const baseCheckpoint = object({ ...checkpointFields, checkpoint_id: id().nullish() }).transform((given) =>
  idOf(given.checkpoint_id),
);

const before = z.preprocess(
  (input) => (typeof input === "string" ? new Map([["checkpoint_id", input]]) : input),
  object({ ...checkpointFields, configurable: object(checkpointFields).optional() }).transform((given) =>
    idOf((given.configurable ?? given).checkpoint_id),
  ),
);

const conditions = {
  metadata: filter().default(null),
  values: filter().default(null),
  status: choice(THREAD_STATUSES).optional(),
};

/** The query of POST /threads/count. */
export const countRequest = object(conditions);

/** The query of POST /threads/search. */
export const searchRequest = object({
  ...conditions,
  ids: uuids().optional(),
  limit,
  offset: integer(0).default(0),
  sort_by: choice(RECORD_SORT_FIELDS).default("created_at"),
  sort_order: choice(["asc", "desc"]).default("desc"),
  /** The fields to return, in the order they are printed. */
  select: list(choice(THREAD_FIELDS))
    .default([])
    .transform((names) => THREAD_FIELDS.filter((name) => names.length === 0 || names.includes(name))),
  extract: ruled(
    z.custom<Map<string, string>>(isMapOfTexts, "must be an object of paths, which are strings"),
    (paths) => (paths.size === 0 ? null : parseExtracts(paths, [])),
  ).default(null),
});

/** The body of POST /threads. */
export const createRequest = object({
  thread_id: uuid().optional(),
  metadata: document().optional(),
  if_exists: choice(["raise", "do_nothing"]).default("raise"),
  ttl,
  supersteps: list(
    object({
      updates: list(
        object({
          values: stateValues.default([]),
          // Of a command only its update of the state has a meaning where no graph runs.
          command: object({ update: stateValues.default([]) }).nullish(),
          as_node: text().nullish(),
        }),
      ),
    }).transform(({ updates }) => ({
      updates: updates.flatMap(({ values, command }) => [...values, ...(command?.update ?? [])]),
      asNode: updates.findLast(({ as_node }) => as_node)?.as_node ?? null,
    })),
  ).default([]),
});

/** The body of PATCH /threads/{thread_id}. */
export const patchRequest = object({ metadata: document().optional(), ttl });

/** The body of POST /threads/prune. */
export const pruneRequest = object({ thread_ids: uuids(MAX_PRUNED_THREADS), strategy });

/** What of a state to return. */
const select = ruled(list(text()).default([]), stateView);

/** The query of GET /threads/{thread_id}/state. */
export const selectRequest = object({ select });

/** The body of POST /threads/{thread_id}/state/checkpoint. */
export const stateRequest = object({ checkpoint, select });

/** The body of POST /threads/{thread_id}/state. */
export const updateStateRequest = object({
  values: stateValues,
  as_node: text().optional(),
  checkpoint: baseCheckpoint.optional(),
  checkpoint_id: id().transform(idOf).optional(),
});

/** The body of POST /threads/{thread_id}/history. */
export const historyRequest = object({
  limit,
  before: before.optional(),
  metadata: filter().default(null),
  checkpoint: checkpoint.optional(),
  select,
});

/** Ids are kept in lower case. */
function idOf(checkpointId: string | null | undefined): string | null {
  return checkpointId?.toLowerCase() ?? null;
}

function isStateValues(input: unknown): boolean {
  if (input === null || isJsonObject(input as JsonValue)) return true;
  return Array.isArray(input) && input.every(isJsonObject);
}

function isMapOfTexts(input: unknown): boolean {
  return (
    isJsonObject(input as JsonValue) &&
    [...(input as JsonObject).values()].every((path) => typeof path === "string")
  );
}
