import { expect, test } from "vitest";
import {
  FEEDBACK_FIELDS,
  isDocument,
  isInBody,
  readFeedback,
} from "../../src/model/feedback/feedback-fields.ts";
import { feedback } from "../store/builders.ts";

const ratings = [
  { name: "a", value: 1, reason: "why", confidence: null },
  { name: "b", value: 0.5, reason: null, confidence: 0.25 },
];

test("what stands in the row is told as JSON text", () => {
  const { text } = readFeedback(feedback({ ratings, tags: ["t"], creator: "me" }));
  const names = [...FEEDBACK_FIELDS.keys()].filter((name) => !isInBody([name]));
  expect(Object.fromEntries(names.map((name) => [name, JSON.parse(text([name]))]))).toEqual({
    id: "feedback",
    project_id: "project",
    weave_ref: "weave:///entity/project/agent_conversation/thread",
    wb_user_id: null,
    creator: "me",
    created_at: "1970-01-01T00:00:00.001000Z",
    feedback_type: "wandb.agent_user_feedback",
    scorer_tags: ["t"],
    scorer_ratings: { a: 1, b: 0.5 },
    scorer_rating_reasons: { a: "why" },
    scorer_rating_confidences: { b: 0.25 },
  });
});

test("what the client sent beside is as it came, and what it did not send as readers expect", () => {
  const names = [...FEEDBACK_FIELDS.keys()].filter((name) => isInBody([name]));
  const absent = readFeedback(feedback({ payloadJson: '{"n":1.0}', target: { kind: "other", id: "x" } }));
  expect(Object.fromEntries(names.map((name) => [name, absent.text([name])]))).toEqual({
    payload: '{"n":1.0}',
    annotation_ref: "null",
    runnable_ref: "null",
    call_ref: "null",
    trigger_ref: "null",
    queue_id: "null",
    scorer_tag_reasons: "{}",
    scorer_tag_confidences: "{}",
    span_agent_name: '""',
    span_agent_version: '""',
    span_status_code: '"UNSET"',
    span_conversation_id: '""',
    span_trace_id: '""',
  });
  const extraJson = JSON.stringify(Object.fromEntries(names.map((name) => [name, `${name} 1`])));
  const given = readFeedback(feedback({ extraJson, target: { kind: "other", id: "x" } }));
  const others = names.filter((name) => name !== "payload");
  expect(others.map((name) => given.text([name]))).toEqual(others.map((name) => `"${name} 1"`));
});

test("its target is told where it is a conversation or a turn", () => {
  const extraJson = '{"span_conversation_id":"said","span_trace_id":"said"}';
  const ids = (kind: "conversation" | "turn") => {
    const { text } = readFeedback(feedback({ extraJson, target: { kind, id: "target" } }));
    return [text(["span_conversation_id"]), text(["span_trace_id"])];
  };
  expect(ids("conversation")).toEqual(['"target"', '"said"']);
  expect(ids("turn")).toEqual(['"said"', '"target"']);
});

test("a path leads into documents; a moment is one", () => {
  const { fields, text } = readFeedback(feedback({ payloadJson: '{"a":[1.50]}' }));
  expect(fields(["payload", "a", "0"])).toEqual({ digits: "1.50" });
  expect(fields(["payload", "b"])).toBeNull();
  expect(fields(["id"])).toBe("feedback");
  expect(fields(["created_at"])).toEqual({ instant: 1_000 });
  expect(text(["payload", "a"])).toBe("[1.50]");
  expect([isDocument(["payload", "a"]), isDocument(["id"]), isDocument(["none"])]).toEqual([
    true,
    false,
    false,
  ]);
});
