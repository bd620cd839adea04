import { timestampDate } from "@bufbuild/protobuf/wkt";
import { describe, expect, test } from "vitest";
import type { CreateFeedbackRequest } from "../../../gen/skein/v1/feedback_pb.ts";
import type { FeedbackTarget } from "../../../src/model/feedback/feedback.ts";
import { scriptedStore } from "../scripted-store.ts";
import { NOW } from "../serve.ts";
import { connect } from "./client.ts";

const onTurn = {
  target: { case: "traceId", value: "t1" },
  projectId: "a/b",
  feedbackType: "wandb.agent_monitor",
} as const;
const refs = { runnableRef: "r", callRef: "c", triggerRef: "t" };

describe("feedback", () => {
  test("is stored with all that came", async () => {
    const store = scriptedStore();
    const client = await connect(store);
    const id = "018f3c1e-0000-7000-8000-000000000001";
    const response = await client.createFeedback({
      ...onTurn,
      ...refs,
      id,
      payloadJson: '{"n": 1.0}',
      creator: "Ada",
      userId: "u",
      tags: ["good"],
      ratings: [
        { name: "quality", value: 0.5, reason: "" },
        { name: "speed", value: 1, confidence: 0 },
      ],
    });
    expect(response.id).toBe(id);
    expect(timestampDate(response.createdAt!).getTime()).toBe(NOW / 1000);
    expect(store.feedback).toEqual([
      {
        projectId: "a/b",
        id,
        createdAt: NOW,
        feedbackType: "wandb.agent_monitor",
        target: { kind: "turn", id: "t1" },
        weaveRef: "weave:///a/b/agent_turn/t1",
        payloadJson: '{"n": 1.0}',
        creator: "Ada",
        userId: "u",
        tags: ["good"],
        ratings: [
          { name: "quality", value: 0.5, reason: "", confidence: null },
          { name: "speed", value: 1, reason: null, confidence: 0 },
        ],
        extraJson: '{"runnable_ref":"r","call_ref":"c","trigger_ref":"t"}',
      },
    ]);
  });

  test.each<[CreateFeedbackRequest["target"], FeedbackTarget, string]>([
    [
      { case: "conversationId", value: "a/é" },
      { kind: "conversation", id: "a/é" },
      "weave:///p/agent_conversation/a%2F%C3%A9",
    ],
    [{ case: "spanId", value: "s" }, { kind: "span", id: "s" }, "weave:///p/agent_span/s"],
    [{ case: "callId", value: "c" }, { kind: "call", id: "c" }, "weave:///p/call/c"],
    [{ case: "ref", value: "weave:///p/agent_turn/t" }, { kind: "turn", id: "t" }, "weave:///p/agent_turn/t"],
    [{ case: "ref", value: "mine" }, { kind: "other", id: "mine" }, "mine"],
  ])("can be on %j", async (target, expected, weaveRef) => {
    const store = scriptedStore();
    await (await connect(store)).createFeedback({ projectId: "p", feedbackType: "note", target });
    expect(store.feedback[0]).toMatchObject({
      target: expected,
      weaveRef,
      payloadJson: "{}",
      extraJson: "{}",
      userId: null,
    });
  });
});

test.each<[Partial<Omit<CreateFeedbackRequest, "$typeName">>, string]>([
  [{ target: { case: undefined } }, "target: is required"],
  [{ target: { case: "spanId", value: "" } }, "target: must not be empty"],
  [{ target: { case: "ref", value: "weave:///x/y/call/1" } }, "ref: points into the project"],
  [{ feedbackType: "" }, "feedback_type: must not be empty"],
  [{ feedbackType: "note", tags: ["a"] }, 'feedback_type: "note" takes no tags or ratings'],
  [{ callRef: "" }, "call_ref: is required"],
  [{ id: "mine" }, "id: is not a UUID"],
  [{ payloadJson: "{" }, "payload_json: is not JSON"],
  [{ payloadJson: "[]" }, "payload_json: must be a JSON object"],
])("%j is refused", async (said, message) => {
  const store = scriptedStore();
  const client = await connect(store);
  await expect(client.createFeedback({ ...onTurn, ...refs, ...said })).rejects.toThrow(message);
  expect(store.feedback).toEqual([]);
});

test.each<[{ name: string; value: number }[], string]>([
  [
    [
      { name: "a", value: 1 },
      { name: "a", value: 2 },
    ],
    "ratings: must not rate one name twice",
  ],
  [[{ name: "a", value: Number.NaN }], "ratings: must be finite numbers"],
])("ratings %j are refused", async (ratings, message) => {
  const client = await connect(scriptedStore());
  await expect(client.createFeedback({ ...onTurn, ...refs, ratings })).rejects.toThrow(message);
});
