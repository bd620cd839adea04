import { describe, expect, test } from "vitest";
import { weaveDoor } from "../../../src/doors/weave/door.ts";
import { StoreUnavailableError } from "../../../src/store/errors.ts";
import { conversation, span } from "../samples.ts";
import { scriptedStore } from "../scripted-store.ts";
import { NOW, serve } from "../serve.ts";

async function post(url: string, body: unknown): Promise<Response> {
  return fetch(`${url}/agents/conversations/spans`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
}

describe("the answer", () => {
  test("has an entry for each conversation, in the documented shape", async () => {
    const rating = { name: "quality", value: 0.5, reason: null, confidence: 0.9 };
    const store = scriptedStore({
      spans: [
        [
          conversation(0, {
            spans: [span("a"), span("b", { status: "UNSET", operationName: "", durationMs: 0 })],
            feedback: [
              { traceId: null, feedbackType: "wandb.agent_user_feedback", tags: ["👍🏽", "x"], ratings: [] },
              { traceId: "trace-1", feedbackType: "wandb.agent_monitor", tags: [], ratings: [rating] },
            ],
          }),
          conversation(1),
        ],
      ],
    });
    const response = await post(await serve(weaveDoor, store), {
      project_id: "p",
      conversation_ids: ["c0", "c1"],
    });
    expect(response.headers.get("content-type")).toMatch(/^application\/json/);
    expect(await response.json()).toEqual({
      conversations: [
        {
          conversation_id: "c0",
          spans: [
            { operation_name: "chat", trace_id: "trace-1", span_id: "a", status: "OK", duration_ms: 12 },
            { operation_name: "", trace_id: "trace-1", span_id: "b", status: "UNSET", duration_ms: 0 },
          ],
          spans_feedback: [
            { trace_id: null, feedback_type: "wandb.agent_user_feedback", tags: ["👍", "x"], ratings: [] },
            { trace_id: "trace-1", feedback_type: "wandb.agent_monitor", tags: [], ratings: [rating] },
          ],
        },
        { conversation_id: "c1", spans: [], spans_feedback: [] },
      ],
    });
  });

  test("joins a conversation that comes in parts, within a batch and across", async () => {
    const feedback = [{ traceId: null, feedbackType: "wandb.agent_monitor", tags: ["t"], ratings: [] }];
    const store = scriptedStore({
      spans: [
        [conversation(0, { continues: true }), conversation(0, { spans: [span("a")], continues: true })],
        [conversation(0, { continues: true })],
        [
          conversation(0, { spans: [span("b"), span("c")], feedback }),
          conversation(1, { spans: [span("d")] }),
        ],
      ],
    });
    const response = await post(await serve(weaveDoor, store), { project_id: "p" });
    const { conversations } = (await response.json()) as {
      conversations: { spans: { span_id: string }[]; spans_feedback: unknown[] }[];
    };
    expect(conversations.map(({ spans }) => spans.map(({ span_id }) => span_id))).toEqual([
      ["a", "b", "c"],
      ["d"],
    ]);
    expect(conversations.map(({ spans_feedback }) => spans_feedback.length)).toEqual([1, 0]);
  });

  test("to no ids is an empty list", async () => {
    const response = await post(await serve(weaveDoor, scriptedStore()), { project_id: "p" });
    expect(await response.text()).toBe('{"conversations":[]}');
  });

  test("of a store that fails is an error, never an empty list", async () => {
    const url = await serve(weaveDoor, scriptedStore({ spans: [new StoreUnavailableError("closed")] }));
    expect((await post(url, { project_id: "p" })).status).toBe(503);
  });

  test("is cut off when the store fails half-way", async () => {
    const spans = [[conversation(0, { spans: [span("a")] })], new Error("lost")];
    const response = await post(await serve(weaveDoor, scriptedStore({ spans })), { project_id: "p" });
    await expect(response.text()).rejects.toThrow("terminated");
  });
});

describe("the question", () => {
  test("reaches the store in the model's words, unknown keys left aside", async () => {
    const store = scriptedStore();
    const body = {
      project_id: "a/b",
      conversation_ids: ["x", "x"],
      started_after: "2026-08-20T00:00:00",
      started_before: "2026-08-20T02:00:00+01:00",
      limit: "unknown here",
    };
    expect((await post(await serve(weaveDoor, store), body)).status).toBe(200);
    expect(store.spanReads[0]!.query).toEqual({
      projectId: "a/b",
      now: NOW,
      conversationIds: ["x", "x"],
      startedAfter: 1_787_184_000_000_000,
      startedBefore: 1_787_187_600_000_000,
      maxSpansPerConversation: null,
      view: "basic",
    });
  });

  test("may name 10 000 conversations, not one more", async () => {
    const url = await serve(weaveDoor, scriptedStore());
    const ids = Array<string>(10_000).fill("c");
    expect((await post(url, { project_id: "p", conversation_ids: ids })).status).toBe(200);
    const response = await post(url, { project_id: "p", conversation_ids: [...ids, "c"] });
    expect(response.status).toBe(422);
    expect(await response.json()).toMatchObject({
      detail: [{ type: "too_long", ctx: { field_type: "List", max_length: 10_000, actual_length: 10_001 } }],
    });
  });
});
