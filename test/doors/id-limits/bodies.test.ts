import { beforeAll, describe, expect, test } from "vitest";
import type { z } from "zod";
import * as chat from "../../../src/doors/chat/requests.ts";
import * as langgraph from "../../../src/doors/langgraph/requests.ts";
import * as calls from "../../../src/doors/weave/calls/call-requests.ts";
import * as weave from "../../../src/doors/weave/requests.ts";
import { type AllDoors, ID, openDoors, REF } from "./limits.ts";

const UUID = "0198c2f0-7e11-7000-8000-0000000000aa";
const NOW = "2026-01-01T00:00:00Z";

let doors: AllDoors;

beforeAll(async () => {
  doors = await openDoors();
  return doors.close;
});

/** A body, with the limits of its fields; lists have the limit for each of theirs. */
interface Body {
  path: string;
  method?: string;
  /** All that its schema has. */
  fields: string[];
  /** What the request is that holds the body. */
  around?: (body: object) => unknown;
  base: Record<string, unknown>;
  ids: string[];
  refs?: string[];
  /** Those that are no ids: texts for people, documents, times, numbers. */
  others: string[];
}

const CALL = { project_id: "p", op_name: "o", started_at: NOW, attributes: {}, inputs: {} };
const END = { project_id: "p", id: "i", ended_at: NOW, summary: {} };
const OF_START = ["project_id", "id", "trace_id", "parent_id", "op_name", "thread_id", "turn_id"];
const NOT_OF_START = ["display_name", "started_at", "attributes", "inputs", "wb_user_id", "wb_run_id"];
const NOT_OF_END = ["ended_at", "display_name", "exception", "output", "summary"];
const OF_FEEDBACK = {
  fields: fieldsOf(weave.feedbackRequest),
  base: { project_id: "p", weave_ref: "w", feedback_type: "wandb.runnable.x", payload: {} },
  ids: ["project_id", "feedback_type", "scorer_tags"],
  refs: ["weave_ref", "runnable_ref", "call_ref", "trigger_ref"],
  others: [
    // Must be a UUID, and must be what the ref says.
    ...["id", "span_trace_id", "span_conversation_id"],
    ...["payload", "creator", "wb_user_id"],
    ...["scorer_ratings", "scorer_rating_reasons", "scorer_rating_confidences"],
  ],
};
const DOCUMENTS = [
  ...["sessionId", "description", "summary", "category", "customMetadata", "parentThreadId"],
  ...["relatedThreads", "settings", "pinnedDocuments", "permissions"],
];

const BODIES: Record<string, Body> = {
  "Weave: the start of a call": {
    path: "/call/start",
    fields: fieldsOf(calls.callStartRequest.shape.start),
    around: (start) => ({ start }),
    base: CALL,
    ids: OF_START,
    others: NOT_OF_START,
  },
  "Weave: the end of a call": {
    path: "/call/end",
    fields: fieldsOf(calls.callEndRequest.shape.end),
    around: (end) => ({ end }),
    base: END,
    ids: ["project_id", "id"],
    others: NOT_OF_END,
  },
  "Weave: a start in a batch": {
    path: "/call/upsert_batch",
    fields: fieldsOf(calls.callStartRequest.shape.start),
    around: (start) => ({ batch: [{ mode: "start", req: { start } }] }),
    base: CALL,
    ids: OF_START,
    others: NOT_OF_START,
  },
  "Weave: an end in a batch": {
    path: "/call/upsert_batch",
    fields: fieldsOf(calls.callEndRequest.shape.end),
    around: (end) => ({ batch: [{ mode: "end", req: { end } }] }),
    base: END,
    ids: ["project_id", "id"],
    others: NOT_OF_END,
  },
  "Weave: a complete call": {
    path: "/v2/e/p/calls/complete",
    fields: fieldsOf(calls.callStartRequest.shape.start),
    around: (call) => ({ batch: [{ ...END, ...call }] }),
    base: { ...CALL, project_id: "e/p" },
    ids: OF_START,
    others: NOT_OF_START,
  },
  "Weave: a call's new name": {
    path: "/call/update",
    fields: fieldsOf(calls.callUpdateRequest),
    base: { project_id: "p", call_id: "c" },
    ids: ["project_id", "call_id"],
    others: ["display_name"],
  },
  "Weave: feedback": { path: "/feedback/create", ...OF_FEEDBACK },
  "Weave: feedback in a batch": {
    path: "/feedback/batch/create",
    ...OF_FEEDBACK,
    around: (feedback) => ({ batch: [feedback] }),
  },
  "Weave: an object": {
    path: "/obj/create",
    fields: fieldsOf(weave.objectCreateRequest.shape.obj),
    around: (obj) => ({ obj }),
    base: { project_id: "p", object_id: "o", val: 1 },
    ids: ["project_id", "object_id"],
    others: ["val", "wb_user_id"],
  },
  "Weave: a table": {
    path: "/table/create",
    fields: fieldsOf(weave.tableCreateRequest.shape.table),
    around: (table) => ({ table }),
    base: { project_id: "p", rows: [] },
    ids: ["project_id"],
    others: ["rows"],
  },
  "Weave: a change of a table": {
    path: "/table/update",
    fields: fieldsOf(weave.tableUpdateRequest),
    base: { project_id: "p", base_digest: "d", updates: [] },
    ids: ["project_id"],
    // Digests are made by Skein: a longer one is not found.
    others: ["base_digest", "updates"],
  },
  "LangGraph: a new thread": {
    path: "/threads",
    fields: fieldsOf(langgraph.createRequest.out),
    base: {},
    ids: [],
    // The id must be a UUID.
    others: ["thread_id", "metadata", "if_exists", "ttl", "supersteps"],
  },
  "LangGraph: a new state": {
    path: `/threads/${UUID}/state`,
    fields: fieldsOf(langgraph.updateStateRequest.out),
    base: { values: {} },
    ids: ["checkpoint_id"],
    others: ["values", "as_node", "checkpoint"],
  },
  "LangGraph: the checkpoint a new state follows": {
    path: `/threads/${UUID}/state`,
    fields: ["checkpoint_id"],
    around: (checkpoint) => ({ values: {}, checkpoint }),
    base: {},
    ids: ["checkpoint_id"],
    others: [],
  },
  "chat: a new thread": {
    path: "/api/chat/threads",
    fields: fieldsOf(chat.createRequest),
    base: {},
    ids: ["projectId", "threadId", "tags"],
    others: ["title", "projectType", "initialMessage", ...DOCUMENTS],
  },
  "chat: a change": {
    path: "/api/chat/threads/none",
    method: "PATCH",
    fields: fieldsOf(chat.patchRequest),
    base: {},
    ids: ["tags"],
    others: ["title", "isArchived", "isPinned", "isReadonly", ...DOCUMENTS],
  },
  "chat: a message": {
    path: "/api/chat/threads/none/messages",
    fields: fieldsOf(chat.appendedMessage),
    around: (message) => ({ messages: [message] }),
    base: { role: "user", content: "" },
    ids: ["messageId", "agentUsed", "modelUsed"],
    others: ["role", "content", "timestamp", "inputTokens", "outputTokens", "responseTimeMs"],
  },
};

const LISTS = ["tags", "scorer_tags"];

describe.each(Object.entries(BODIES))("%s", (_name, body) => {
  const { path, method = "POST", fields, around = (it) => it, base, ids, refs = [], others } = body;

  test("has these fields", () => {
    expect([...ids, ...refs, ...others].toSorted()).toEqual(fields.toSorted());
  });

  test.each([...ids.map((field) => [field, ID] as const), ...refs.map((field) => [field, REF] as const)])(
    "%s has a limit",
    async (field, { within, beyond, words }) => {
      const sent = (text: string) => {
        const value = { ...base, [field]: LISTS.includes(field) ? ["x", text] : text };
        return doors.send(method, path, around(value));
      };
      for (const text of within) expect((await sent(text)).text).not.toMatch(/at most/);
      for (const text of beyond) {
        const answer = await sent(text);
        expect(answer).toMatchObject({ status: 422, text: expect.stringMatching(words) });
        expect(answer.text).toContain(field);
      }
    },
  );
});

function fieldsOf({ shape }: z.ZodObject): string[] {
  return Object.keys(shape);
}
