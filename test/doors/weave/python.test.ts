import { beforeAll, expect, onTestFinished, test } from "vitest";
import { weaveDoor } from "../../../src/doors/weave/door.ts";
import { FEEDBACK_FIELDS } from "../../../src/model/feedback/feedback-fields.ts";
import { PYTHON_SETUP_MS, python, pythonOrSkip } from "../../python/python.ts";
import { openTemporaryStore } from "../../store/temporary-store.ts";
import { serve } from "../serve.ts";

beforeAll(python, PYTHON_SETUP_MS);

test("what Weave's Python client sends is stored, and it can read what it expects", async ({ skip }) => {
  const found = await pythonOrSkip(skip);
  const { store, close } = await openTemporaryStore();
  onTestFinished(close);
  const printed = await found.run("weave_calls.py", [await serve(weaveDoor, store)]);
  const trace_id = "0198f000-0000-7000-8000-000000000000";
  expect(JSON.parse(printed)).toEqual({
    start: { id: "turn", trace_id },
    complete: {},
    end: {},
    batch: { res: [{}, { id: "second", trace_id }] },
    legacy_start: {},
    legacy_end: {},
    update: {},
    calls: [
      ["nested", null, "success"],
      ["second", null, "success"],
      ["turn", "Renamed", "success"],
    ],
    count: { count: 4 },
    threads: {
      thread_id: "support-1",
      turn_count: 2,
      start_time: "2026-08-20T00:00:00.123456Z",
      last_updated: "2026-08-20T00:00:01.623456Z",
      first_turn_id: "second",
      last_turn_id: "turn",
      p50_turn_duration_ms: 1500,
      p99_turn_duration_ms: 1500,
    },
    deleted: { num_deleted: 2 },
    turns_left: 1,
  });
});

test("what Weave's Python client asks, publishes and says of it is answered", async ({ skip }) => {
  const found = await pythonOrSkip(skip);
  const { store, close } = await openTemporaryStore();
  onTestFinished(close);
  const printed = await found.run("weave_objects.py", [await serve(weaveDoor, store)]);
  const identity = ["created_at", "id", "payload", "wb_user_id"];
  expect(JSON.parse(printed)).toEqual({
    server_info: { min_required_weave_python_version: "0.0.1" },
    viewer: "api",
    project: { project: { name: "proj" } },
    upserted: { upsertModel: { model: { name: "proj", description: null, entityName: "ent" } } },
    file_again: true,
    files: [true, true],
    updated: [2, true],
    rows: [
      { q: "how?", n: 2.5 },
      { q: "who?", n: 3 },
    ],
    object: ["questions", "again", "questions"],
    refs: ["why?", "how?", "questions", "CustomWeaveType"],
    objects: [
      ["ask", 0, "op"],
      ["questions", 1, "object"],
    ],
    created: [identity, identity, identity],
    fields: [...FEEDBACK_FIELDS.keys()].toSorted(),
    types: ["wandb.agent_monitor", "wandb.note.1", "wandb.reaction.1"],
    by_id: [{ emoji: "👍" }],
    of_ref: [{ quality: 0.5 }],
    by_reaction: [{ feedback_type: "wandb.reaction.1", "payload.emoji": "👍" }],
    purged: {},
    left: 2,
    deleted: { num_deleted: 1 },
    latest_left: "questions",
    all_deleted: { num_deleted: 1 },
  });
});
