import { beforeEach, describe, expect, test } from "vitest";
import { openWeave, type Post, PROJECT } from "./open.ts";

let post: Post;

beforeEach(async () => {
  ({ post } = await openWeave());
  const { status } = await post("/call/upsert_batch", { batch: CALLS.flatMap(halves) });
  expect(status).toBe(200);
});

const CALLS = [
  { id: "a", inputs: { n: 2, model: "gpt-4o", "dotted.key": { list: ["x", 7] } }, output: { score: 0.5 } },
  { id: "b", inputs: { n: 10, model: "Claude" }, output: { score: { exact: true } }, exception: "broke" },
  { id: "c", inputs: { n: "9", model: null }, output: "a text" },
  { id: "d", inputs: {}, running: true },
];

function halves(
  {
    id,
    inputs,
    output,
    exception,
    running,
  }: (typeof CALLS)[number] & { exception?: string; running?: boolean },
  index: number,
) {
  const start = {
    project_id: PROJECT,
    id,
    trace_id: "trace",
    op_name: `weave:///${PROJECT}/op/ask:v${index}`,
    started_at: `2026-08-20T00:00:0${index}Z`,
    attributes: { env: index < 2 ? "test" : "live", on: index === 0 },
    inputs,
  };
  const ended_at = `2026-08-20T00:00:0${index + 1}.${index}Z`;
  const end = { project_id: PROJECT, id, ended_at, output, exception, summary: { tokens: index } };
  return [{ mode: "start", req: { start } }, ...(running ? [] : [{ mode: "end", req: { end } }])];
}

const get = (field: string) => ({ $getField: field });
const is = (value: unknown) => ({ $literal: value });
const as = (field: string, to: string) => ({ $convert: { input: get(field), to } });

function lines(text: string): Record<string, unknown>[] {
  return text
    .split("\n")
    .slice(0, -1)
    .map((line) => JSON.parse(line));
}

async function found(body: object): Promise<string> {
  const { status, text } = await post("/calls/stream_query", {
    project_id: PROJECT,
    columns: ["id"],
    ...body,
  });
  expect([status, text]).toEqual([200, expect.any(String)]);
  return lines(text)
    .map(({ id }) => id)
    .join("");
}

describe("a query finds the calls", () => {
  const answers: [object, string][] = [
    [{ $eq: [get("inputs.model"), is("gpt-4o")] }, "a"],
    [{ $eq: [is("broke"), get("exception")] }, "b"],
    [{ $eq: [get("inputs.dotted\\.key.list.1"), is(7)] }, "a"],
    [{ $eq: [get("inputs.model"), is(null)] }, "cd"],
    [{ $not: [{ $eq: [get("inputs.model"), is("Claude")] }] }, "acd"],
    [{ $gt: [get("inputs.n"), is(5)] }, "bc"],
    [{ $gt: [as("inputs.n", "double"), is(9)] }, "b"],
    [{ $lt: [as("inputs.n", "string"), is("2")] }, "b"],
    [{ $lte: [get("inputs.n"), is("9")] }, "ac"],
    [{ $gte: [as("output.score", "double"), is(0.5)] }, "a"],
    [{ $eq: [get("attributes.on"), is("true")] }, "a"],
    [{ $eq: [get("attributes.on"), is(false)] }, "bcd"],
    [{ $in: [get("inputs.n"), [is(2), is("9")]] }, "ac"],
    [{ $in: [get("id"), [is("d"), is("none"), is("b")]] }, "bd"],
    [{ $contains: { input: get("inputs.model"), substr: is("CLAUDE") } }, ""],
    [{ $contains: { input: get("inputs.model"), substr: is("CLAUDE"), case_insensitive: true } }, "b"],
    [{ $contains: { input: get("inputs"), substr: is('"gpt') } }, "a"],
    [{ $contains: { input: get("output"), substr: is("text") } }, "c"],
    [{ $and: [as("output", "exists"), { $not: [as("output.score", "exists")] }] }, "c"],
    [
      {
        $or: [{ $eq: [get("id"), is("a")] }, { $eq: [get("op_name"), is(`weave:///${PROJECT}/op/ask:v3`)] }],
      },
      "ad",
    ],
    [{ $eq: [get("summary.weave.status"), is("running")] }, "d"],
    [{ $gt: [get("summary.weave.latency_ms"), is(1000)] }, "bc"],
    [{ $eq: [get("summary.weave.trace_name"), is("ask")] }, "abcd"],
    [{ $gte: [get("summary.tokens"), is(1)] }, "bc"],
    [{ $gt: [get("started_at"), is("2026-08-20T02:00:00.5+02:00")] }, "bcd"],
    [{ $lt: [get("started_at"), is(Date.UTC(2026, 7, 20) / 1000 + 1)] }, "a"],
    [{ $eq: [get("ended_at"), is(null)] }, "d"],
    [{ $contains: { input: get("ended_at"), substr: is("T00:00:02.1") } }, "b"],
  ];

  test("of which it holds", async () => {
    for (const [$expr, ids] of answers) {
      expect([$expr, await found({ query: { $expr } })]).toEqual([$expr, ids]);
      const counted = await post("/calls/query_stats", { project_id: PROJECT, query: { $expr } });
      expect(counted.json).toEqual({ count: ids.length });
    }
  });

  test("with every digit of the numbers on both sides", async () => {
    const [first, next] = ["9007199254740993", "9007199254740992"];
    const when = '"started_at":"2026-08-20T00:00:00Z"';
    const start = `{"project_id":"${PROJECT}","id":"e","op_name":"op","attributes":{},"inputs":{"n":${first}.0},${when}}`;
    await post("/call/start", `{"start":${start}}`);
    for (const [digits, count] of [
      [first, 1],
      [next, 0],
    ] as const) {
      const query = `{"$expr":{"$eq":[{"$getField":"inputs.n"},{"$literal":${digits}}]}}`;
      const counted = await post("/calls/query_stats", `{"project_id":"${PROJECT}","query":${query}}`);
      expect(counted.json).toEqual({ count });
    }
  });

  test("that a filter finds too, in pages and in order", async () => {
    const query = { $expr: { $eq: [get("summary.weave.trace_name"), is("ask")] } };
    expect(await found({ query, filter: { call_ids: ["d", "b", "none"] } })).toBe("bd");
    const sort_by = [{ field: "started_at", direction: "desc" }];
    expect(await found({ query, sort_by, limit: 2, offset: 1 })).toBe("cb");
    const limited = await post("/calls/query_stats", { project_id: PROJECT, query, limit: 3 });
    expect(limited.json).toEqual({ count: 3 });
  });
});

describe("a query that is not understood is a 422 that says where", () => {
  const deep = (depth: number): object => (depth === 0 ? is(true) : { $not: [deep(depth - 1)] });

  const faults: [string, unknown, (string | number)[], string][] = [
    ["no expression", {}, ["query"], "$expr"],
    ["no object", "x", ["query"], "$expr"],
    ["another key", { $expr: deep(1), more: 1 }, ["query"], "$expr"],
    ["a bare operand", { $expr: get("id") }, ["query", "$expr"], "$and, $or, $not"],
    ["two operators", { $expr: { $not: [is(1)], $and: [] } }, ["query", "$expr"], "one key"],
    [
      "an unknown operator",
      { $expr: { $not: [{ $regex: "x" }] } },
      ["query", "$expr", "$not", 0],
      "$contains",
    ],
    ["nothing to join", { $expr: { $and: [] } }, ["query", "$expr", "$and"], "not be empty"],
    ["one side", { $expr: { $eq: [is(1)] } }, ["query", "$expr", "$eq"], "a list of 2"],
    ["no list", { $expr: { $in: [is(1), is(2)] } }, ["query", "$expr", "$in", 1], "a list"],
    [
      "an unknown field",
      { $expr: { $not: [get("cost")] } },
      ["query", "$expr", "$not", 0, "$getField"],
      "inputs.…",
    ],
    [
      "a step into a text",
      { $expr: { $not: [get("id.x")] } },
      ["query", "$expr", "$not", 0, "$getField"],
      "op_name",
    ],
    [
      "an unknown type",
      { $expr: { $not: [as("id", "date")] } },
      ["query", "$expr", "$not", 0, "$convert", "to"],
      "double, string",
    ],
    [
      "a text to look for in nothing",
      { $expr: { $contains: { substr: is("x") } } },
      ["query", "$expr", "$contains", "input"],
      "required",
    ],
    [
      "a moment that is none",
      { $expr: { $in: [get("started_at"), [is(1), is("soon")]] } },
      ["query", "$expr", "$in", 1, 1],
      "datetime",
    ],
    ["too deep", { $expr: deep(51) }, ["query"], "deeper than 50"],
    ["too much", { $expr: { $in: [get("id"), Array(2000).fill(is("a"))] } }, ["query"], "more than 2000"],
  ];

  test.each(["/calls/stream_query", "/calls/query_stats"])("on %s", async (path) => {
    for (const [fault, query, loc, words] of faults) {
      const { status, json } = await post(path, { project_id: PROJECT, query });
      const msg = expect.stringContaining(words);
      expect({ fault, status, json }).toMatchObject({
        fault,
        status: 422,
        json: { detail: [{ type: "value_error", loc: ["body", ...loc], msg }] },
      });
    }
  });

  test("as deep and as much as it may be it is answered", async () => {
    expect(await found({ query: { $expr: deep(49) } })).toBe("");
    const ids = Array(1990).fill(is("none"));
    expect(await found({ query: { $expr: { $in: [get("id"), [...ids, is("c")]] } } })).toBe("c");
  });
});
