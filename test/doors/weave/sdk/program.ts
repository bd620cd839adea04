import { subscribe } from "node:diagnostics_channel";
import * as weave from "weave";

/**
 * A program as a user of Weave writes it: it publishes, logs calls, reads back, and prints what it saw as JSON. The
 * variables WF_TRACE_SERVER_URL and WANDB_API_KEY are all it is told.
 */

/** Every answer, as `POST /path status`. */
const answers: string[] = [];
subscribe("undici:request:headers", (message) => {
  const { request, response } = message as {
    request: { method: string; path: string };
    response: { statusCode: number };
  };
  answers.push(`${request.method} ${request.path} ${response.statusCode}`);
});

await weave.login("a-key", "skein.test");
const client = await weave.init("ent/proj");

const rows = [
  { id: "0", sentence: "He no like ice cream.", score: 0.5 },
  { id: "1", sentence: "She goed.", score: 12 },
];
const dataset = new weave.Dataset({ name: "grammar", rows });
const saved = await dataset.save();
const ref = new weave.ObjectRef(saved.projectId, saved.objectId, saved.digest);
const read = await ref.get();
const readRows: unknown[] = [];
for await (const row of read) readRows.push({ ...row, __savedRef: undefined });
const lastRow = dataset.getRow(1) as { __savedRef?: Promise<{ uri(): string }> };
const rowRef = await lastRow.__savedRef;
const resolved = await client.traceServerApi.refs.refsReadBatchRefsReadBatchPost({
  refs: [rowRef?.uri() ?? ""],
});

const settings = await client.publish({ temperature: 0.25, tags: ["a", "é😀"] }, "settings");
const readSettings = await client.get(settings);
const prompt = await client.publish(new weave.StringPrompt({ name: "greeting", content: "Hello {name}" }));
const readPrompt = await client.get(prompt);
const image = weave.weaveImage({ data: Buffer.from([137, 80, 78, 71]), imageType: "png" });
await client.publish({ image }, "picture");

const double = weave.op(async function double(n: number) {
  return n * 2;
});
const plus = weave.op(async function plus(n: number) {
  return (await double(n)) + 1;
});
const countTo = weave.op(
  async function* countTo(n: number) {
    for (let i = 1; i <= n; i++) yield i;
  },
  {
    streamReducer: {
      initialStateFn: () => ({ all: [] as number[] }),
      reduceFn: (state: { all: number[] }, chunk: number) => ({ all: [...state.all, chunk] }),
      finalizeFn: () => {},
    },
  },
);
const fail = weave.op(async function fail() {
  throw new Error("as it should");
});

const sum = await plus(20);
const streamed: number[] = [];
for await (const n of await countTo(3)) streamed.push(n);
const failed = await fail().catch((error: Error) => error.message);
const graded = await weave.op(async (row: unknown) => row, { name: "grade" })(dataset.getRow(0));

// Threads have no words of their own in this package: they are named through its generated client.
const turn = (id: string, thread: string, minute: number) => {
  const at = (second: number) => `2026-08-20T00:0${minute}:0${second}.000Z`;
  const start = {
    project_id: "ent/proj",
    id,
    trace_id: id,
    thread_id: thread,
    turn_id: id,
    op_name: "turn",
    started_at: at(0),
    attributes: {},
    inputs: {},
  };
  return [
    { mode: "start", req: { start } },
    { mode: "end", req: { end: { project_id: "ent/proj", id, ended_at: at(minute), summary: {} } } },
  ];
};
await client.traceServerApi.call.callStartBatchCallUpsertBatchPost({
  batch: [...turn("one", "chat", 1), ...turn("two", "chat", 3)],
});
await client.waitForBatchProcessing();

const score = await client.addScore("one", "two", "weave:///ent/proj/op/judge:digest", { quality: 0.5 });
const { feedback } = client.traceServerApi;
const query = { $expr: { $eq: [{ $getField: "id" }, { $literal: score }] } };
const fields = ["feedback_type", "weave_ref", "call_ref", "payload.output.quality"];
const found = await feedback.feedbackQueryFeedbackQueryPost({ project_id: "ent/proj", query, fields });
await feedback.feedbackPurgeFeedbackPurgePost({ project_id: "ent/proj", query });
const left = await feedback.feedbackQueryFeedbackQueryPost({ project_id: "ent/proj" });

const calls = await client.getCalls({ trace_roots_only: true });
const ops = await client.traceServerApi.objs.objsQueryObjsQueryPost({
  project_id: "ent/proj",
  filter: { is_op: true, latest_only: true },
  sort_by: [{ field: "object_id", direction: "asc" }],
});

process.stdout.write(
  `\n${JSON.stringify({
    answers,
    readRows,
    resolved: resolved.data.vals,
    readSettings,
    prompt: readPrompt.format({ name: "Ada" }),
    results: [sum, streamed, failed, (graded as { id: string }).id],
    calls: calls.map(({ op_name }) => op_name.replace(/^.*\/op\/(\w+):.*$/, "$1")),
    scores: [found.data.result, left.data.result],
    ops: ops.data.objs.map(({ object_id }) => object_id),
  })}\n`,
);
