import { describe, expect, onTestFinished, test } from "vitest";
import { weaveDoor } from "../../../src/doors/weave/door.ts";
import { openTemporaryStore } from "../../store/temporary-store.ts";
import { scriptedStore } from "../scripted-store.ts";
import { serve } from "../serve.ts";

const PROJECT = "ent/proj";

async function open() {
  const { store, close } = await openTemporaryStore();
  onTestFinished(close);
  return client(await serve(weaveDoor, store));
}

function client(url: string) {
  const post = async (path: string, body: unknown) => {
    const headers = { "content-type": "application/json" };
    const text = typeof body === "string" ? body : JSON.stringify(body);
    const response = await fetch(`${url}${path}`, { method: "POST", headers, body: text });
    return { status: response.status, text: await response.text() };
  };
  const ask = async (path: string, body: object) => {
    const { status, text } = await post(path, { project_id: PROJECT, ...body });
    expect([status, text]).toEqual([200, expect.any(String)]);
    return text;
  };
  const calls = async (body: object = {}) =>
    (await ask("/calls/stream_query", body))
      .split("\n")
      .slice(0, -1)
      .map((line) => JSON.parse(line));
  return { post, ask, calls };
}

function start(id: string, given: object = {}) {
  const startedAt = "2026-08-20T00:00:00.000001Z";
  const documents = { attributes: { a: 1 }, inputs: { question: "Why?" } };
  const trace = { project_id: PROJECT, id, trace_id: "trace", op_name: "op", started_at: startedAt };
  return { mode: "start", req: { start: { ...trace, ...documents, ...given } } };
}

function end(id: string, given: object = {}) {
  const documents = {
    output: "So.",
    summary: { usage: { gpt: { requests: 1, prompt_tokens: 3, completion_tokens: 4 } } },
  };
  return {
    mode: "end",
    req: { end: { project_id: PROJECT, id, ended_at: "2026-08-20T00:00:01.5Z", ...documents, ...given } },
  };
}

const turn = (id: string, given: object = {}) => start(id, { thread_id: "t", turn_id: id, ...given });

describe("upsert_batch", () => {
  test("stores calls that make threads and turns, in whatever order their halves come", async () => {
    const { post, ask, calls } = await open();
    const batch = [start("child", { parent_id: "a", thread_id: "t", turn_id: "a" }), end("a"), turn("a")];
    const { status, text } = await post("/call/upsert_batch", { batch });
    expect([status, JSON.parse(text)]).toEqual([
      200,
      { res: [{ id: "child", trace_id: "trace" }, {}, { id: "a", trace_id: "trace" }] },
    ]);
    await post("/call/upsert_batch", { batch });
    expect(JSON.parse(await ask("/threads/stream_query", {}))).toEqual({
      thread_id: "t",
      turn_count: 1,
      start_time: "2026-08-20T00:00:00.000001Z",
      last_updated: "2026-08-20T00:00:01.500000Z",
      first_turn_id: "a",
      last_turn_id: "a",
      p50_turn_duration_ms: 1500,
      p99_turn_duration_ms: 1500,
    });
    expect(JSON.parse(await ask("/agents/conversations/spans", { conversation_ids: ["t"] }))).toEqual({
      conversations: [
        {
          conversation_id: "t",
          spans: [
            { operation_name: "op", trace_id: "trace", span_id: "a", status: "OK", duration_ms: 1500 },
            { operation_name: "op", trace_id: "trace", span_id: "child", status: "UNSET", duration_ms: 0 },
          ],
          spans_feedback: [],
        },
      ],
    });
    expect(await calls({ filter: { call_ids: ["a"] } })).toEqual([
      {
        id: "a",
        project_id: PROJECT,
        op_name: "op",
        display_name: null,
        trace_id: "trace",
        parent_id: null,
        thread_id: "t",
        turn_id: "a",
        started_at: "2026-08-20T00:00:00.000001Z",
        attributes: { a: 1 },
        inputs: { question: "Why?" },
        ended_at: "2026-08-20T00:00:01.500000Z",
        exception: null,
        output: "So.",
        summary: {
          usage: { gpt: { requests: 1, prompt_tokens: 3, completion_tokens: 4 } },
          weave: { status: "success", trace_name: "op", latency_ms: 1500 },
        },
        wb_user_id: null,
        wb_run_id: null,
        wb_run_step: null,
        wb_run_step_end: null,
        deleted_at: null,
      },
    ]);
  });

  test("gives identities to calls that have none, and keeps unknown keys and empty values", async () => {
    const { post, calls } = await open();
    const extra = { id: null, trace_id: undefined, parent_id: "", unknown: { deep: [1] }, inputs: {} };
    const { text } = await post("/call/upsert_batch", { batch: [start("", extra)] });
    const { id, trace_id } = JSON.parse(text).res[0];
    const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
    expect([id, trace_id]).toEqual([expect.stringMatching(uuid), expect.stringMatching(uuid)]);
    expect(await calls()).toMatchObject([{ id, trace_id, parent_id: null, output: null }]);
  });

  test("keeps documents as they came, on one line", async () => {
    const { post, ask } = await open();
    const documents =
      '"attributes":\n{}, "inputs": {"b": 1.0,\r\n "a": 12345678901234567890, "s": "\\ud83d}\\n"}';
    const when = '"started_at":"2026-08-20T00:00:00Z"';
    await post(
      "/call/start",
      `{"start":{"project_id":"${PROJECT}","id":"a","op_name":"op","display_name":"cut \\ud83d",${when},${documents}}}`,
    );
    const answer = await ask("/calls/stream_query", {});
    expect(answer.split("\n")).toHaveLength(2);
    expect(answer).toContain('"inputs":{"b": 1.0,  "a": 12345678901234567890, "s": "\\ud83d}\\n"}');
    expect(answer).toContain('"display_name":"cut \ufffd"');
  });

  test("with a fault is refused whole, and says where the fault is", async () => {
    const { post, calls } = await open();
    const { status, text } = await post("/call/upsert_batch", {
      batch: [start("a"), end("a", { ended_at: "yesterday" })],
    });
    expect(status).toBe(422);
    expect(JSON.parse(text).detail.map(({ loc }: { loc: string[] }) => loc)).toEqual([
      ["body", "batch", 1, "req", "end", "ended_at"],
    ]);
    expect(await calls()).toEqual([]);
  });

  test("writes items of several projects, each into its own", async () => {
    const { post, calls } = await open();
    await post("/call/upsert_batch", { batch: [start("a"), start("a", { project_id: "ent/other" })] });
    expect(await calls()).toMatchObject([{ id: "a", project_id: PROJECT }]);
    expect(await calls({ project_id: "ent/other" })).toMatchObject([{ project_id: "ent/other" }]);
  });

  test("of megabytes is stored as well, and a fault in it is found", async () => {
    const { post, ask, calls } = await open();
    const inputs = { text: "é".repeat(1000), n: 1.5 };
    const batch = Array.from({ length: 300 }, (_, index) => turn(`${index}`, { inputs }));
    const { status, text } = await post("/call/upsert_batch", { batch });
    expect([status, JSON.parse(text).res.length]).toEqual([200, 300]);
    expect(JSON.parse(await ask("/threads/stream_query", {}))).toMatchObject({ turn_count: 300 });
    expect((await calls({ filter: { call_ids: ["299"] } }))[0].inputs).toEqual(inputs);
    const faulty = await post("/call/upsert_batch", { batch: [...batch, { mode: "other" }] });
    expect([faulty.status, JSON.parse(faulty.text).detail]).toMatchObject([
      422,
      [{ loc: ["body", "batch", 300, "mode"], input: "other" }],
    ]);
    expect((await post("/call/upsert_batch", `{"batch":[${" ".repeat(40_000)}`)).status).toBe(422);
  });

  test("of nothing is nothing", async () => {
    const { post } = await open();
    expect(await post("/call/upsert_batch", { batch: [] })).toEqual({ status: 200, text: '{"res":[]}' });
  });
});

describe("the paths under a project", () => {
  test("store starts, ends and whole calls", async () => {
    const { post, calls } = await open();
    const { start: s } = turn("a").req;
    const { end: e } = end("a", { exception: "broke", output: null }).req;
    expect(await post("/v2/ent/proj/call/start", { start: s })).toEqual({
      status: 200,
      text: '{"id":"a","trace_id":"trace"}',
    });
    expect(await post("/v2/ent/proj/call/end", { end: { ...e, started_at: s, trace_id: "trace" } })).toEqual({
      status: 200,
      text: "{}",
    });
    expect(await calls()).toMatchObject([{ exception: "broke", summary: { weave: { status: "error" } } }]);
    const whole = { ...s, ...end("a", { output: [1.5] }).req.end, display_name: "Whole" };
    expect(await post("/v2/ent/proj/calls/complete", { batch: [whole] })).toEqual({
      status: 200,
      text: "{}",
    });
    expect(await calls()).toMatchObject([
      { exception: null, output: [1.5], inputs: { question: "Why?" }, display_name: "Whole" },
    ]);
  });

  test("refuse calls of another project", async () => {
    const { post } = await open();
    expect((await post("/v2/ent/other/call/start", { start: start("a").req.start })).status).toBe(422);
  });
});

describe("reading calls", () => {
  async function filled() {
    const opened = await open();
    await opened.post("/call/upsert_batch", {
      batch: [
        turn("a", { op_name: "weave:///ent/proj/op/ask:v1" }),
        start("b", { parent_id: "a", started_at: "2026-08-20T00:00:02Z" }),
        end("a", { summary: { status_counts: { error: 1 }, weave: { latency_ms: "x", mine: 1.0 } } }),
      ],
    });
    return opened;
  }

  test("finds them by filter, order and page", async () => {
    const { calls } = await filled();
    const ids = async (body: object) => (await calls(body)).map(({ id }) => id);
    expect(await ids({ filter: { thread_ids: ["t"], turn_ids: [] } })).toEqual(["a"]);
    expect(await ids({ filter: { op_names: ["weave:///ent/proj/op/ask:*"] } })).toEqual(["a"]);
    expect(await ids({ filter: { trace_roots_only: true } })).toEqual(["a"]);
    expect(await ids({ sort_by: [{ field: "started_at", direction: "desc" }], include_costs: true })).toEqual(
      ["b", "a"],
    );
    expect(await ids({ limit: 1, offset: 1 })).toEqual(["b"]);
    expect(await ids({ filter: { call_ids: ["none"] } })).toEqual([]);
  });

  test("shows the columns asked for, and what is worked out in the summary", async () => {
    const { calls } = await filled();
    const [a, b] = await calls({ columns: ["summary.weave.status", "parent_id"] });
    expect(Object.keys(a)).toEqual([
      "id",
      "project_id",
      "op_name",
      "trace_id",
      "parent_id",
      "started_at",
      "summary",
    ]);
    expect(a.summary.weave).toEqual({
      mine: 1,
      status: "descendant_error",
      trace_name: "ask",
      latency_ms: 1500,
    });
    expect(b.summary.weave).toEqual({ status: "running", trace_name: "op" });
    expect((await calls({ columns: ["display_name"] }))[0]).not.toHaveProperty("inputs");
  });

  test("counts them, and reads one", async () => {
    const { ask } = await filled();
    expect(await ask("/calls/query_stats", {})).toBe('{"count":2}');
    expect(await ask("/calls/query_stats", { filter: { parent_ids: ["a"] } })).toBe('{"count":1}');
    expect(JSON.parse(await ask("/call/read", { id: "b" })).call).toMatchObject({ id: "b", parent_id: "a" });
    expect(await ask("/call/read", { id: "none" })).toBe('{"call":null}');
  });

  test("refuses conditions it does not know rather than passing over them", async () => {
    const { post } = await filled();
    const refused = [
      { filter: { unknown: [] } },
      { sort_by: [{ field: "costs.total", direction: "asc" }] },
      { sort_by: [{ field: "id", direction: "up" }] },
    ];
    for (const body of refused) {
      expect((await post("/calls/stream_query", { project_id: PROJECT, ...body })).status).toBe(422);
    }
  });
});

describe("changing calls", () => {
  test("a deleted call leaves with what is below it, and the statistics", async () => {
    const { post, ask, calls } = await open();
    await post("/call/upsert_batch", { batch: [turn("a"), start("b", { parent_id: "a" }), start("c")] });
    expect(await ask("/calls/delete", { call_ids: ["a"] })).toBe('{"num_deleted":2}');
    expect((await calls()).map(({ id }) => id)).toEqual(["c"]);
    expect(await ask("/threads/stream_query", {})).toBe("");
  });

  test("a call is renamed, even before it came", async () => {
    const { post, ask, calls } = await open();
    expect(await ask("/call/update", { call_id: "a", display_name: "Named" })).toBe("{}");
    await post("/call/upsert_batch", { batch: [start("a", { display_name: "First" })] });
    expect(await calls()).toMatchObject([{ display_name: "Named" }]);
  });
});

test("messages and usage are read where they are plain to see", async () => {
  const written: unknown[] = [];
  const store = {
    ...scriptedStore(),
    async writeCalls(changes: unknown[]) {
      written.push(...changes);
    },
  };
  const { post } = client(await serve(weaveDoor, store));
  const messages = [
    { role: "system", content: "Be." },
    { role: "user", content: "Hi" },
  ];
  const choices = [{ message: { role: "assistant", content: "Ho" } }];
  await post("/call/upsert_batch", {
    batch: [
      start("a", { inputs: { model: "gpt", messages } }),
      end("a", { output: { choices } }),
      start("tool", { inputs: { question: "secret" } }),
      end("tool", { output: "plain", summary: {} }),
      turn("turn"),
    ],
  });
  expect(written).toMatchObject([
    {
      start: {
        model: "gpt",
        messages: [{ role: "user", text: "Hi", json: '{"role":"user","content":"Hi"}' }],
      },
    },
    { end: { model: "gpt", inputTokens: 3, outputTokens: 4, messages: [{ role: "assistant", text: "Ho" }] } },
    { start: { model: null, messages: [] } },
    { end: { model: null, inputTokens: null, outputTokens: null, messages: [] } },
    { start: { messages: [{ role: "user", text: "Why?" }] } },
  ]);
});

test("a turn that gives nothing back has no answer", async () => {
  const { store, close } = await openTemporaryStore();
  onTestFinished(close);
  const { post } = client(await serve(weaveDoor, store));
  const batch = [turn("a"), end("a", { output: null })];
  expect(await post("/call/upsert_batch", { batch })).toMatchObject({ status: 200 });
  const at = { projectId: PROJECT, threadId: "t", now: 0 };
  const query = { ...at, limit: 10, offset: 0, from: "oldest" as const, cursor: null };
  const [read] = await Array.fromAsync(store.listMessages(query));
  expect(read!.messages.map(({ role }) => role)).toEqual(["user"]);
});

test("a turn's plain question and answer are its messages; another call's output is not", async () => {
  const { store, close } = await openTemporaryStore();
  onTestFinished(close);
  const { post } = client(await serve(weaveDoor, store));
  const step = start("step", { thread_id: "t", turn_id: "a", parent_id: "a" });
  const batch = [end("a", { output: { answer: "So." } }), step, end("step", { output: "42" }), turn("a")];
  expect(await post("/call/upsert_batch", { batch })).toMatchObject({ status: 200 });
  const at = { projectId: PROJECT, threadId: "t", now: 0 };
  const query = { ...at, limit: 10, offset: 0, from: "oldest" as const, cursor: null };
  const [read] = await Array.fromAsync(store.listMessages(query));
  expect(read!.messages.map(({ role, text, json }) => [role, text, json])).toEqual([
    ["user", "Why?", '"Why?"'],
    ["assistant", "So.", '"So."'],
  ]);
});
