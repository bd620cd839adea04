import { describe, expect, test } from "vitest";
import { weaveDoor } from "../../../src/doors/weave/door.ts";
import { AlreadyExistsError } from "../../../src/store/errors.ts";
import { scriptedStore } from "../scripted-store.ts";
import { NOW, serve } from "../serve.ts";

const TURN = "weave:///ent/proj/agent_turn/0af7651916cd43dd8448eb211c80319c";
const MONITOR_REFS = { runnable_ref: "r", call_ref: "c", trigger_ref: "t" };

async function post(url: string, body: string, path = "/feedback/create"): Promise<Response> {
  const headers = { "content-type": "application/json" };
  return fetch(url + path, { method: "POST", headers, body });
}

function body(said: Record<string, unknown> = {}): string {
  return JSON.stringify({
    project_id: "ent/proj",
    weave_ref: TURN,
    feedback_type: "wandb.agent_user_feedback",
    payload: {},
    ...said,
  });
}

describe("feedback", () => {
  test("is stored with all that came, numbers as they were written", async () => {
    const store = scriptedStore();
    const response = await post(
      await serve(weaveDoor, store),
      `{"project_id":"ent/proj", "id":"018f3c1e-0000-7000-8000-000000000001", "weave_ref":"${TURN}",
        "feedback_type":"wandb.agent_user_feedback", "creator":"Ada", "wb_user_id":"u1",
        "payload" : {"n": 12345678901234567890, "x": 1.0, "s": "}\\"{"} ,
        "scorer_tags":["👍🏽"], "scorer_ratings":{"quality":"0.50","__proto__":1},
        "scorer_rating_reasons":{"quality":"good"}, "scorer_rating_confidences":{"quality":1},
        "span_trace_id":"0af7651916cd43dd8448eb211c80319c", "span_conversation_id":"c", "queue_id": 1.10}`,
    );
    expect(response.status).toBe(200);
    expect(await response.text()).toBe(
      '{"id":"018f3c1e-0000-7000-8000-000000000001","created_at":"2026-08-20T00:00:00.250000Z","wb_user_id":"u1",' +
        '"payload":{"n": 12345678901234567890, "x": 1.0, "s": "}\\"{"}}',
    );
    expect(store.feedback).toEqual([
      {
        projectId: "ent/proj",
        id: "018f3c1e-0000-7000-8000-000000000001",
        createdAt: NOW,
        feedbackType: "wandb.agent_user_feedback",
        target: { kind: "turn", id: "0af7651916cd43dd8448eb211c80319c" },
        weaveRef: TURN,
        payloadJson: '{"n": 12345678901234567890, "x": 1.0, "s": "}\\"{"}',
        creator: "Ada",
        userId: "u1",
        tags: ["👍🏽"],
        ratings: [
          { name: "quality", value: 0.5, reason: "good", confidence: 1 },
          { name: "__proto__", value: 1, reason: null, confidence: null },
        ],
        extraJson:
          '{"span_trace_id":"0af7651916cd43dd8448eb211c80319c","span_conversation_id":"c","queue_id":1.10}',
      },
    ]);
  });

  test("without an id gets one that sorts by time; without a user, none", async () => {
    const store = scriptedStore();
    const response = await post(await serve(weaveDoor, store), body());
    expect(await response.json()).toEqual({
      id: expect.stringMatching(/^01a01c77-acfa-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/),
      created_at: "2026-08-20T00:00:00.250000Z",
      wb_user_id: "",
      payload: {},
    });
  });

  test("of a monitor says what ran", async () => {
    const store = scriptedStore();
    const url = await serve(weaveDoor, store);
    expect((await post(url, body({ feedback_type: "wandb.agent_monitor", ...MONITOR_REFS }))).status).toBe(
      200,
    );
    expect(JSON.parse(store.feedback[0]!.extraJson)).toEqual(MONITOR_REFS);
  });

  test("of an id that is there is a conflict", async () => {
    const url = await serve(
      weaveDoor,
      scriptedStore({ feedback: new AlreadyExistsError("there is such feedback") }),
    );
    const response = await post(url, body());
    expect([response.status, await response.json()]).toEqual([409, { reason: "there is such feedback" }]);
  });
});

describe("a batch of feedback", () => {
  const batch = (url: string, text: string) => post(url, text, "/feedback/batch/create");

  test("is stored together and answered in its order, numbers as they were written", async () => {
    const store = scriptedStore();
    const url = await serve(weaveDoor, store);
    const one = body({ id: "018f3c1e-0000-7000-8000-000000000001", wb_user_id: "u" });
    const two = body({ project_id: "other", weave_ref: "x" }).replace("{}", '{"n": 1.0, "s": "],["}');
    const response = await batch(url, `{"batch": [ ${one}, ${two} ]}`);
    expect(response.status).toBe(200);
    expect(await response.text()).toMatch(
      /^\{"res":\[\{"id":"018f3c1e-0000-7000-8000-000000000001",.*"wb_user_id":"u","payload":\{\}\},\{.*"payload":\{"n": 1\.0, "s": "\],\["\}\}\]\}$/,
    );
    expect(store.feedback.map(({ projectId, payloadJson }) => [projectId, payloadJson])).toEqual([
      ["ent/proj", "{}"],
      ["other", '{"n": 1.0, "s": "],["}'],
    ]);
    expect(await (await batch(url, '{"batch":[]}')).json()).toEqual({ res: [] });
  });

  test("with a fault in one is refused whole, and says where it is", async () => {
    const store = scriptedStore();
    const url = await serve(weaveDoor, store);
    for (const [wrong, field] of [
      [{ id: "mine" }, "id"],
      [{ scorer_rating_reasons: { a: "b" } }, "scorer_rating_reasons.a"],
      [{ payload: 1 }, "payload"],
      [{ project_id: "" }, "project_id"],
    ] as const) {
      const response = await batch(url, `{"batch":[${body()},${body(wrong)}]}`);
      const { detail } = (await response.json()) as { detail: { loc: (string | number)[] }[] };
      expect([response.status, detail.map(({ loc }) => loc.join("."))]).toEqual([
        422,
        [`body.batch.1.${field}`],
      ]);
    }
    expect(store.feedback).toEqual([]);
  });
});

describe("what is refused", () => {
  test.each<[Record<string, unknown>, string[]]>([
    [{ id: "mine" }, ["id"]],
    [{ feedback_type: "wandb.agent_monitor" }, ["runnable_ref", "call_ref", "trigger_ref"]],
    [{ feedback_type: "wandb.agent_monitor", ...MONITOR_REFS, call_ref: "" }, ["call_ref"]],
    [{ feedback_type: "wandb.reaction.1", scorer_tags: ["a"] }, ["feedback_type"]],
    [{ feedback_type: "wandb.note.1", scorer_ratings: { a: 1 } }, ["feedback_type"]],
    [{ scorer_rating_reasons: { a: "b" } }, ["scorer_rating_reasons.a"]],
    [
      { scorer_ratings: { b: 1 }, scorer_rating_confidences: { a: 1, b: 1 } },
      ["scorer_rating_confidences.a"],
    ],
    [{ weave_ref: "weave:///ent/other/call/1" }, ["weave_ref"]],
    [{ weave_ref: "weave:///ent/proj/agent_conversation/%zz" }, ["weave_ref"]],
    [{ span_trace_id: "another" }, ["span_trace_id"]],
    [
      { weave_ref: "weave:///ent/proj/agent_conversation/a", span_conversation_id: "b" },
      ["span_conversation_id"],
    ],
    [{ payload: [] }, ["payload"]],
    [{ scorer_tags: ["\ud83d"] }, ["scorer_tags.0"]],
    [{ feedback_type: "" }, ["feedback_type"]],
  ])("%j", async (said, fields) => {
    const store = scriptedStore();
    const response = await post(await serve(weaveDoor, store), body(said));
    const { detail } = (await response.json()) as { detail: { loc: string[] }[] };
    expect([response.status, detail.map(({ loc }) => loc.join("."))]).toEqual([
      422,
      fields.map((field) => `body.${field}`),
    ]);
    expect(store.feedback).toEqual([]);
  });
});
