import { describe, expect, test } from "vitest";
import { openWeave, type Post, PROJECT } from "./open.ts";

type Row = Record<string, unknown>;

const REFS = {
  call: `weave:///${PROJECT}/call/1`,
  turn: `weave:///${PROJECT}/agent_turn/trace`,
  conversation: `weave:///${PROJECT}/agent_conversation/a%20b`,
};

let made = 0;

async function create(post: Post, said: Row): Promise<string> {
  made += 1;
  const id = `018f3c1e-0000-7000-8000-${String(made).padStart(12, "0")}`;
  const body = {
    project_id: PROJECT,
    id,
    weave_ref: REFS.call,
    feedback_type: "wandb.note.1",
    payload: {},
    ...said,
  };
  expect((await post("/feedback/create", body)).status).toBe(200);
  return id;
}

async function rows(post: Post, asked: Row): Promise<Row[]> {
  const { status, json } = await post("/feedback/query", { project_id: PROJECT, ...asked });
  expect(status).toBe(200);
  return (json as { result: Row[] }).result;
}

async function ids(post: Post, asked: Row): Promise<unknown[]> {
  return (await rows(post, { ...asked, fields: ["id"] })).map(({ id }) => id);
}

const expr = ($expr: Row) => ({ query: { $expr } });
const eq = (field: string, value: unknown) => ({ $eq: [{ $getField: field }, { $literal: value }] });

describe("a query for feedback", () => {
  test("answers with every field, as it came or as readers expect it when it did not", async () => {
    const { post } = await openWeave();
    const first = await create(post, { weave_ref: REFS.turn, feedback_type: "wandb.reaction.1" });
    const body =
      `{"project_id":"${PROJECT}","id":"018f3c1e-0000-7000-9000-000000000000","weave_ref":"${REFS.conversation}",` +
      `"feedback_type":"wandb.agent_user_feedback","creator":"Ada","wb_user_id":"u","queue_id":"q",` +
      `"payload": {"n": 12345678901234567890, "x": 1.0}, "scorer_tags":["👍"], "scorer_ratings":{"a.b":0.5,"c":2},` +
      `"scorer_rating_reasons":{"c":"so"},"span_agent_name":"agent","scorer_tag_reasons":{"👍":"why"}}`;
    expect((await post("/feedback/create", body)).status).toBe(200);
    const { text } = await post("/feedback/query", { project_id: PROJECT });
    expect(text).toContain('"payload":{"n": 12345678901234567890, "x": 1.0}');
    const nothing = {
      project_id: PROJECT,
      created_at: "2026-08-20T00:00:00.250000Z",
      wb_user_id: null,
      creator: null,
      payload: {},
      annotation_ref: null,
      runnable_ref: null,
      call_ref: null,
      trigger_ref: null,
      queue_id: null,
      scorer_tags: [],
      scorer_tag_reasons: {},
      scorer_tag_confidences: {},
      scorer_ratings: {},
      scorer_rating_reasons: {},
      scorer_rating_confidences: {},
      span_agent_name: "",
      span_agent_version: "",
      span_status_code: "UNSET",
      span_conversation_id: "",
      span_trace_id: "",
    };
    expect(JSON.parse(text)).toEqual({
      result: [
        {
          ...nothing,
          id: first,
          weave_ref: REFS.turn,
          feedback_type: "wandb.reaction.1",
          span_trace_id: "trace",
        },
        {
          ...nothing,
          id: "018f3c1e-0000-7000-9000-000000000000",
          weave_ref: REFS.conversation,
          feedback_type: "wandb.agent_user_feedback",
          creator: "Ada",
          wb_user_id: "u",
          queue_id: "q",
          payload: { n: 12345678901234567000, x: 1 },
          scorer_tags: ["👍"],
          scorer_tag_reasons: { "👍": "why" },
          scorer_ratings: { "a.b": 0.5, c: 2 },
          scorer_rating_reasons: { c: "so" },
          span_agent_name: "agent",
          span_conversation_id: "a b",
        },
      ],
    });
    const fields = ["payload.n", "scorer_ratings.a\\.b", "id", "id", "payload.none.x"];
    expect((await post("/feedback/query", { project_id: PROJECT, fields, offset: 1 })).text).toBe(
      '{"result":[{"payload.n":12345678901234567890,"scorer_ratings.a\\\\.b":0.5,' +
        '"id":"018f3c1e-0000-7000-9000-000000000000","payload.none.x":null}]}',
    );
    expect((await post("/feedback/query", { project_id: "none" })).text).toBe('{"result":[]}');
  });

  test("finds what Weave's clients ask for", async () => {
    const { post } = await openWeave();
    const note = await create(post, { payload: { note: "good" } });
    const thumb = await create(post, { feedback_type: "wandb.reaction.1", payload: { emoji: "👍" } });
    const other = await create(post, {
      weave_ref: REFS.turn,
      feedback_type: "wandb.reaction.1",
      payload: { emoji: "👎", n: 2 },
      creator: "Ada",
    });
    expect(await ids(post, expr(eq("id", note)))).toEqual([note]);
    expect(await ids(post, expr({ $or: [eq("id", other), eq("id", note)] }))).toEqual([note, other]);
    expect(await ids(post, expr(eq("weave_ref", REFS.call)))).toEqual([note, thumb]);
    const refs = [REFS.turn, "none"].map(($literal) => ({ $literal }));
    expect(await ids(post, expr({ $in: [{ $getField: "weave_ref" }, refs] }))).toEqual([other]);
    const reaction = eq("feedback_type", "wandb.reaction.1");
    expect(await ids(post, expr({ $and: [reaction, eq("payload.emoji", "👍")] }))).toEqual([thumb]);
    expect(await ids(post, expr({ $not: [reaction] }))).toEqual([note]);
    const contains = {
      input: { $getField: "payload.note" },
      substr: { $literal: "OO" },
      case_insensitive: true,
    };
    expect(await ids(post, expr({ $contains: contains }))).toEqual([note]);
    const n = { $convert: { input: { $getField: "payload.n" }, to: "double" } };
    expect(await ids(post, expr({ $gt: [n, { $literal: 1.5 }] }))).toEqual([other]);
    const since = (at: unknown) => expr({ $gte: [{ $getField: "created_at" }, { $literal: at }] });
    expect(await ids(post, since("2026-08-20T00:00:00.250000Z"))).toEqual([note, thumb, other]);
    expect(await ids(post, since(1_787_184_001))).toEqual([]);
    expect(await ids(post, { sort_by: [{ field: "created_at", direction: "desc" }], limit: 2 })).toEqual([
      other,
      thumb,
    ]);
    expect(
      await ids(post, { sort_by: [{ field: "creator", direction: "asc" }], offset: 1, query: null }),
    ).toEqual([note, thumb]);
  });

  test.each<[Row, string]>([
    [{ fields: ["id", "what"] }, "fields.1"],
    [{ fields: ["id.x"] }, "fields.0"],
    [{ fields: "id" }, "fields"],
    [{ sort_by: [{ field: "payload_dump", direction: "asc" }] }, "sort_by.0.field"],
    [{ sort_by: [{ field: "id", direction: "up" }] }, "sort_by.0.direction"],
    [{ limit: -1 }, "limit"],
    [{ offset: "x" }, "offset"],
    [{ order_by: [] }, "order_by"],
    [{ query: [] }, "query"],
    [{ query: {} }, "query"],
    [expr(eq("what", 1)), "query.$expr.$eq.0.$getField"],
    [expr({ $eq: [{ $getField: "id" }] }), "query.$expr.$eq"],
    [expr({ $what: [] }), "query.$expr"],
    [expr({ $gt: [{ $getField: "created_at" }, { $literal: "soon" }] }), "query.$expr.$gt.1"],
    [{ project_id: "" }, "project_id"],
  ])("is refused for %j", async (asked, place) => {
    const { post } = await openWeave();
    const { status, json } = await post("/feedback/query", { project_id: PROJECT, ...asked });
    const { detail } = json as { detail: { loc: string[] }[] };
    expect([status, detail.map(({ loc }) => loc.join("."))]).toEqual([422, [`body.${place}`]]);
  });
});

describe("a purge of feedback", () => {
  const purge = (post: Post, $expr: Row) =>
    post("/feedback/purge", { project_id: PROJECT, query: { $expr } });

  test("removes what its ids name, and nothing else", async () => {
    const { post } = await openWeave();
    const made = [];
    for (let i = 0; i < 6; i += 1) made.push(await create(post, {}));
    expect(await purge(post, eq("id", made[0]))).toMatchObject({ status: 200, text: "{}" });
    expect((await purge(post, { $or: [eq("id", made[1]), eq("id", made[2])] })).status).toBe(200);
    const some = [made[3], "none"].map(($literal) => ({ $literal }));
    expect((await purge(post, { $in: [{ $getField: "id" }, some] })).status).toBe(200);
    expect(await ids(post, {})).toEqual([made[4], made[5]]);
    expect((await purge(post, eq("id", made[0]))).status).toBe(200);
    const elsewhere = { project_id: "other", query: { $expr: eq("id", made[4]) } };
    expect((await post("/feedback/purge", elsewhere)).status).toBe(200);
    expect(await ids(post, {})).toEqual([made[4], made[5]]);
  });

  test("refuses to go by anything else", async () => {
    const { post } = await openWeave();
    const id = await create(post, {});
    const others = [
      eq("feedback_type", "wandb.note.1"),
      eq("payload.id", id),
      eq("id", 1),
      { $not: [eq("id", "x")] },
      { $and: [eq("id", id)] },
      { $or: [eq("id", id), eq("creator", null)] },
      { $gt: [{ $getField: "id" }, { $literal: "" }] },
    ];
    for (const other of others) {
      expect(await purge(post, other)).toMatchObject({
        status: 422,
        json: { detail: [{ loc: ["body", "query"], msg: expect.stringContaining("by its ids") }] },
      });
    }
    expect((await post("/feedback/purge", { project_id: PROJECT })).status).toBe(422);
    expect(await ids(post, {})).toEqual([id]);
  });
});
