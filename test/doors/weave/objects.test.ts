import { describe, expect, test } from "vitest";
import { openWeave, type Post, PROJECT } from "./open.ts";

interface Created {
  digest: string;
  row_digests: string[];
}

async function publish(post: Post, objectId: string, val: string): Promise<string> {
  const { status, json } = await post(
    "/obj/create",
    `{"obj":{"project_id":"${PROJECT}","object_id":"${objectId}","val":${val},"unknown":1},"other":2}`,
  );
  expect(status).toBe(200);
  expect(json).toMatchObject({ object_id: objectId });
  return (json as Created).digest;
}

async function createTable(post: Post, rows: unknown[]): Promise<Created> {
  const { status, json } = await post("/table/create", { table: { project_id: PROJECT, rows } });
  expect(status).toBe(200);
  return json as Created;
}

describe("objects", () => {
  test("come back with their numbers as they were written, by digest, latest and version", async () => {
    const { post } = await openWeave();
    const first = await publish(post, "name", '{"a": 1.0, "b": 12345678901234567890, "cut": "\\ud83d"}');
    const second = await publish(post, "name", '"two"');
    expect(await publish(post, "name", '{"cut": "\\ud83d", "b": 12345678901234567890, "a": 1.0}')).toBe(
      first,
    );
    const read = async (digest: string) =>
      (await post("/obj/read", { project_id: PROJECT, object_id: "name", digest })).text;
    expect(await read("v0")).toBe(
      `{"obj":{"project_id":"ent/proj","object_id":"name","created_at":"2026-08-20T00:00:00.250000Z","deleted_at":null,` +
        `"digest":"${first}","version_index":0,"is_latest":0,"kind":"object","base_object_class":null,` +
        `"leaf_object_class":null,"wb_user_id":null,"val":{"a":1.0,"b":12345678901234567890,"cut":"\\ud83d"}}}`,
    );
    expect(await read(first)).toBe(await read("v0"));
    expect(JSON.parse(await read("latest"))).toMatchObject({
      obj: { digest: second, val: "two", version_index: 1 },
    });
    expect(await post("/obj/read", { project_id: PROJECT, object_id: "name", digest: "v2" })).toMatchObject({
      status: 404,
      json: { reason: "Obj name:v2 not found" },
    });
  });

  test("are of the kind and the classes that their values say", async () => {
    const { post } = await openWeave();
    await publish(
      post,
      "op",
      '{"_type":"CustomWeaveType","weave_type":{"type":"Op"},"files":{"obj.py":"d"}}',
    );
    await publish(post, "model", '{"_class_name":"Mine","_bases":["Model","Object","BaseModel"]}');
    await publish(post, "data", '{"_class_name":"Dataset","_bases":["Object","BaseModel"]}');
    const list = async (filter: object, more: object = {}) => {
      const { json } = await post("/objs/query", { project_id: PROJECT, filter, ...more });
      return (json as { objs: { object_id: string }[] }).objs.map(({ object_id }) => object_id);
    };
    expect(await list({ is_op: true })).toEqual(["op"]);
    expect(await list({ is_op: false, latest_only: true, object_ids: [] })).toEqual(["data", "model"]);
    expect(await list({ base_object_classes: ["Model"], leaf_object_classes: ["Mine"] })).toEqual(["model"]);
    expect(await list({}, { sort_by: [{ field: "object_id", direction: "desc" }], limit: 2 })).toEqual([
      "op",
      "model",
    ]);
    const { json } = await post("/objs/query", { project_id: PROJECT, metadata_only: true, limit: 1 });
    expect(json).toMatchObject({ objs: [{ object_id: "data", val: {} }] });
    expect((await post("/objs/query", { project_id: "none" })).json).toEqual({ objs: [] });
  });

  test("are deleted by version or as a whole", async () => {
    const { post } = await openWeave();
    const digests = [
      await publish(post, "name", "1"),
      await publish(post, "name", "2"),
      await publish(post, "name", "3"),
    ];
    const remove = async (more: object) => {
      const { status, json } = await post("/obj/delete", { project_id: PROJECT, object_id: "name", ...more });
      return [status, json];
    };
    expect(await remove({ digests: [digests[0], "none"] })).toEqual([
      404,
      { reason: "Obj name:none not found" },
    ]);
    expect(await remove({ digests: [] })).toMatchObject([422, { detail: [{ loc: ["body", "digests"] }] }]);
    expect(await remove({ digests: [digests[2], "v0"] })).toEqual([200, { num_deleted: 2 }]);
    const read = async (digest: string) =>
      (await post("/obj/read", { project_id: PROJECT, object_id: "name", digest })).json;
    expect(await read("latest")).toMatchObject({ obj: { val: 2, version_index: 1, is_latest: 1 } });
    expect(await read(digests[0]!)).toEqual({ reason: `Obj name:${digests[0]} not found` });
    expect((await post("/objs/query", { project_id: PROJECT })).json).toMatchObject({ objs: [{ val: 2 }] });
    expect(await remove({})).toEqual([200, { num_deleted: 1 }]);
    expect(await remove({ digests: null })).toEqual([404, { reason: "Obj name not found" }]);
  });

  test("without a value or a name are a 422", async () => {
    const { post } = await openWeave();
    const { status, json } = await post("/obj/create", { obj: { project_id: PROJECT } });
    expect([status, (json as { detail: { loc: string[] }[] }).detail.map(({ loc }) => loc)]).toEqual([
      422,
      [
        ["body", "obj", "object_id"],
        ["body", "obj", "val"],
      ],
    ]);
  });

  test("nest deep", async () => {
    const { post } = await openWeave();
    const deep = `${"[".repeat(900)}${"]".repeat(900)}`;
    const digest = await publish(post, "deep", deep);
    const { text } = await post("/obj/read", { project_id: PROJECT, object_id: "deep", digest });
    expect(text.endsWith(`"val":${deep}}}`)).toBe(true);
  });
});

describe("tables", () => {
  test("are read by page and by row", async () => {
    const { post } = await openWeave();
    const { digest, row_digests } = await createTable(post, [{ a: 1 }, { b: [2] }, { a: 1 }]);
    expect(row_digests).toEqual([row_digests[0], row_digests[1], row_digests[0]]);
    const query = async (more: object) =>
      (await post("/table/query", { project_id: PROJECT, digest, ...more })).json;
    expect(await query({})).toEqual({
      rows: [
        { digest: row_digests[0], val: { a: 1 }, original_index: 0 },
        { digest: row_digests[1], val: { b: [2] }, original_index: 1 },
        { digest: row_digests[0], val: { a: 1 }, original_index: 2 },
      ],
    });
    expect(await query({ limit: 1, offset: 1 })).toMatchObject({ rows: [{ val: { b: [2] } }] });
    expect(await query({ filter: { row_digests: [row_digests[1]] } })).toMatchObject({
      rows: [{ original_index: 1 }],
    });
    expect(await query({ digest: "none" })).toEqual({ rows: [] });
    expect((await post("/table/query_stats", { project_id: PROJECT, digest })).json).toEqual({ count: 3 });
    expect((await post("/table/query_stats", { project_id: PROJECT, digest: "none" })).status).toBe(404);
    expect(
      (await post("/table/query", { project_id: PROJECT, digest, sort_by: [{ field: "a" }] })).status,
    ).toBe(422);
  });

  test("are changed into others", async () => {
    const { post } = await openWeave();
    const base = await createTable(post, [{ a: 1 }, { b: 2 }]);
    const updates = [
      { append: { row: { c: 3 } } },
      { pop: { index: 0 } },
      { insert: { index: 0, row: { d: 4.5 } } },
    ];
    const { json } = await post("/table/update", { project_id: PROJECT, base_digest: base.digest, updates });
    const same = await createTable(post, [{ d: 4.5 }, { b: 2 }, { c: 3 }]);
    expect(json).toEqual({
      digest: same.digest,
      updated_row_digests: [same.row_digests[2], base.row_digests[0], same.row_digests[0]],
    });
    const refused = [{ pop: { index: 2 } }, { insert: { index: 9, row: {} } }, { append: {} }, { what: {} }];
    for (const update of refused) {
      const body = { project_id: PROJECT, base_digest: base.digest, updates: [update] };
      expect((await post("/table/update", body)).status).toBe(422);
    }
    expect((await post("/table/update", { project_id: PROJECT, base_digest: "none", updates })).status).toBe(
      404,
    );
  });
});

test("refs lead into objects and to rows", async () => {
  const { post } = await openWeave();
  const table = await createTable(post, [{ q: "why?" }]);
  const rows = `weave:///${PROJECT}/table/${table.digest}`;
  const digest = await publish(post, "set", JSON.stringify({ rows, list: [{ "a b/c": 1.5 }] }));
  const ref = `weave:///${PROJECT}/object/set:${digest}`;
  const refs = [
    `${ref}/attr/rows/id/${table.row_digests[0]}/key/q`,
    `${ref}/attr/list/index/0/key/a%20b%2Fc`,
    `${ref}/attr/none/index/1`,
    `weave:///${PROJECT}/object/set:latest/attr/rows`,
  ];
  expect((await post("/refs/read_batch", { refs })).json).toEqual({ vals: ["why?", 1.5, null, rows] });
  expect((await post("/refs/read_batch", { refs: [] })).json).toEqual({ vals: [] });
  expect((await post("/refs/read_batch", { refs: [`weave:///${PROJECT}/object/none:v0`] })).status).toBe(404);
  for (const wrong of [`weave:///${PROJECT}/call/1`, "nothing", `${ref}/attr`, `${ref}/attr/%zz`]) {
    expect((await post("/refs/read_batch", { refs: [wrong] })).status).toBe(422);
  }
});

test("what is stored where a ref is followed need not be one", async () => {
  const { post } = await openWeave();
  const stored = [
    "weave:///%zz/proj/table/abc",
    "weave:///ent/proj%ff/table/abc",
    "weave:///",
    "",
    5,
    null,
    [],
  ];
  await publish(post, "odd", JSON.stringify({ stored }));
  const refs = stored.map((_value, at) => `weave:///${PROJECT}/object/odd:v0/attr/stored/index/${at}/id/x`);
  expect((await post("/refs/read_batch", { refs })).json).toEqual({ vals: stored.map(() => null) });
});

test("many refs are answered in their order, whatever they share", async () => {
  const { post } = await openWeave();
  const inner = await createTable(post, [{ deep: [7] }]);
  const table = await createTable(
    post,
    Array.from({ length: 300 }, (_, i) =>
      i === 5 ? { on: `weave:///${PROJECT}/table/${inner.digest}` } : { i },
    ),
  );
  const rows = `weave:///${PROJECT}/table/${table.digest}`;
  await publish(post, "set", JSON.stringify({ rows }));
  await publish(post, "other", '{"n":1.50}');
  const row = (i: number) => `weave:///${PROJECT}/object/set:v0/attr/rows/id/${table.row_digests[i]}`;
  const other = `weave:///${PROJECT}/object/other:latest`;
  const refs = [
    ...[299, 0, 120, 0].map((i) => `${row(i)}/key/i`),
    `${other}/key/n`,
    `${row(5)}/key/on/id/${inner.row_digests[0]}/key/deep/index/0`,
    `weave:///${PROJECT}/object/set:v0/attr/rows/id/none/key/i`,
    `${other}/id/none`,
    other,
  ];
  expect((await post("/refs/read_batch", { refs })).text).toBe(
    '{"vals":[299,0,120,0,1.50,7,null,null,{"n":1.50}]}',
  );
  const missing = [`weave:///${PROJECT}/object/other:v9`, ...refs];
  expect((await post("/refs/read_batch", { refs: missing })).json).toEqual({
    reason: "Obj other:v9 not found",
  });
});

test("the server says which clients it takes", async () => {
  const { url } = await openWeave();
  const response = await fetch(`${url}/server_info`);
  expect(await response.json()).toEqual({ min_required_weave_python_version: "0.0.1" });
});
