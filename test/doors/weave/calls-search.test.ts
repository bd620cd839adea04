import { describe, expect, test } from "vitest";
import { weaveDoor } from "../../../src/doors/weave/door.ts";
import type { ReadOptions } from "../../../src/store/roles/read-options.ts";
import { draft } from "../../store/record-builders.ts";
import { scriptedStore } from "../scripted-store.ts";
import { NOW, serve } from "../serve.ts";
import { openWeave, type Post, PROJECT } from "./open.ts";

interface Given {
  id: string;
  inputs?: object;
  attributes?: object;
  output?: unknown;
  /** How long it took, in milliseconds; left out while it runs. */
  took?: number;
  thread_id?: string;
  parent_id?: string;
}

/** Stores calls, one started a second after the other. */
async function store(post: Post, calls: Given[]): Promise<void> {
  const began = Date.UTC(2026, 7, 20);
  const batch = calls.flatMap(({ inputs = {}, attributes = {}, output = null, took, ...given }, index) => {
    const at = (ms: number) => new Date(began + index * 1000 + ms).toISOString();
    const call = { project_id: PROJECT, ...given };
    const start = { ...call, trace_id: "trace", op_name: "op", started_at: at(0), attributes, inputs };
    const end = { project_id: PROJECT, id: given.id, ended_at: at(took ?? 0), output, summary: {} };
    return [
      { mode: "start", req: { start } },
      ...(took === undefined ? [] : [{ mode: "end", req: { end } }]),
    ];
  });
  expect((await post("/call/upsert_batch", { batch })).status).toBe(200);
}

/** The ids of the calls that a request finds, in order, and their number. */
async function found(post: Post, body: object): Promise<string> {
  const { status, text } = await post("/calls/stream_query", {
    project_id: PROJECT,
    columns: ["id"],
    ...body,
  });
  expect([status, text]).toEqual([200, expect.any(String)]);
  return Array.from(text.matchAll(/"id":"(\w+)"/g), ([, id]) => id).join("");
}

describe("calls are sorted by what is in them", () => {
  const by = (...fields: string[]) => ({
    sort_by: fields.map((field) => ({
      field: field.replace(/^-/, ""),
      direction: field[0] === "-" ? "desc" : "asc",
    })),
  });

  test("a place in a document, nothing last, then by start", async () => {
    const { post } = await openWeave();
    await store(post, [
      { id: "a", inputs: { n: 10, list: [{ x: "b" }] }, output: { "s.t": 1 }, took: 30 },
      { id: "b", inputs: { n: 9, list: [{ x: "a" }] }, output: { "s.t": 3 }, took: 10 },
      { id: "c", attributes: { env: "live" }, output: "text", took: 20 },
      { id: "d", inputs: { n: 9.5 }, attributes: { env: "live" } },
    ]);
    const orders: [object, string][] = [
      [by("inputs.n"), "bdac"],
      [by("-inputs.n"), "adbc"],
      [by("inputs.list.0.x"), "bacd"],
      [by("-attributes.env", "inputs.n"), "dcba"],
      [by("output.s\\.t"), "abcd"],
      [by("-output.s\\.t"), "badc"],
      [by("-summary.weave.latency_ms"), "acbd"],
      [by("summary.weave.status", "-id"), "dcba"],
      [by("-ended_at"), "cbad"],
      [{ ...by("-inputs.n"), limit: 2, offset: 1 }, "db"],
    ];
    for (const [order, ids] of orders) expect([order, await found(post, order)]).toEqual([order, ids]);
  });

  test("and by nothing else", async () => {
    const { post } = await openWeave();
    for (const field of ["", "costs", "id.x", "inputs2", "__proto__"]) {
      const { status, json } = await post("/calls/stream_query", { project_id: PROJECT, ...by("id", field) });
      expect([status, json]).toMatchObject([
        422,
        {
          detail: [
            { loc: ["body", "sort_by", 1, "field"], msg: expect.stringContaining("inputs, inputs.…") },
          ],
        },
      ]);
    }
  });
});

test("calls are found by the refs in their inputs and outputs, however deep", async () => {
  const { post } = await openWeave();
  const ref = (version: string) => `weave:///${PROJECT}/object/data:${version}`;
  await store(post, [
    { id: "a", inputs: { self: ref("1"), again: [ref("1")] }, took: 1 },
    { id: "b", inputs: { deep: [{ down: ref("2") }] }, output: [ref("1")], took: 1 },
    { id: "c", inputs: { text: `see ${ref("1")}`, [ref("1")]: 1 }, output: ref("2"), took: 1 },
  ]);
  const finds = async (filter: object) => {
    const ids = await found(post, { filter });
    const counted = await post("/calls/query_stats", { project_id: PROJECT, filter });
    expect(counted.json).toEqual({ count: ids.length });
    return ids;
  };
  expect(await finds({ input_refs: [ref("1")] })).toBe("a");
  expect(await finds({ input_refs: [ref("*")] })).toBe("ab");
  expect(await finds({ output_refs: [ref("1"), ref("2")] })).toBe("bc");
  expect(await finds({ input_refs: [ref("2")], output_refs: [ref("1")], op_names: ["op"] })).toBe("b");
  expect(await finds({ input_refs: ["weave:///none"] })).toBe("");
  expect(await finds({ input_refs: [], output_refs: null })).toBe("abc");
});

test("calls of a thread whose time is up are gone from every path", async () => {
  let now = NOW;
  const { post, store: kept } = await openWeave({}, () => now);
  await kept.createThread(
    draft({ projectId: PROJECT, threadId: "t", ttl: { strategy: "delete", minutes: 1 }, now }),
  );
  await store(post, [
    { id: "a", thread_id: "t", took: 1 },
    { id: "b", thread_id: "t", parent_id: "a" },
    { id: "c", parent_id: "b" },
  ]);
  const read = async (id: string) => (await post("/call/read", { project_id: PROJECT, id })).json;
  expect(await read("a")).toMatchObject({ call: { id: "a" } });
  now += 60_000_000;
  expect(await read("a")).toEqual({ call: null });
  expect(await found(post, {})).toBe("c");
  expect(
    await found(post, { filter: { thread_ids: ["t"] }, sort_by: [{ field: "output.x", direction: "asc" }] }),
  ).toBe("");
  expect((await post("/calls/query_stats", { project_id: PROJECT })).json).toEqual({ count: 1 });
  await post("/call/update", { project_id: PROJECT, call_id: "a", display_name: "Late" });
  expect((await post("/calls/delete", { project_id: PROJECT, call_ids: ["a", "c"] })).json).toEqual({
    num_deleted: 1,
  });
  await store(post, [{ id: "a", thread_id: "t" }]);
  expect(await read("a")).toMatchObject({ call: { display_name: "Late", ended_at: null } });
});

test.each(["/calls/stream_query", "/calls/query_stats"])(
  "a client that leaves ends the work on %s",
  async (path) => {
    const { promise: asked, resolve: ask } = Promise.withResolvers<void>();
    const { promise: ended, resolve: end } = Promise.withResolvers<void>();
    const working = (options: ReadOptions = {}) => {
      ask();
      return new Promise<never>((_, reject) => {
        options.signal?.addEventListener("abort", () => {
          reject(options.signal?.reason);
          end();
        });
      });
    };
    const url = await serve(weaveDoor, {
      ...scriptedStore(),
      countCalls: (_, options) => working(options),
      async *queryCalls(_, options) {
        yield await working(options);
      },
    });
    const controller = new AbortController();
    const request = fetch(url + path, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ project_id: PROJECT }),
      signal: controller.signal,
    });
    await asked;
    controller.abort();
    await expect(request).rejects.toThrow("aborted");
    await ended;
  },
);
