import { once } from "node:events";
import { connect } from "node:net";
import { expect, test } from "vitest";
import { openWeave, PROJECT } from "./open.ts";

/** More than what is read on the main thread. */
const LARGE = 40_000;

const NAMED = `"project_id":"${PROJECT}"`;
const DOCUMENT =
  '{"10":1,"2":9007199254740993,"":1.0,"__proto__":{"constructor":-0},"a.b[0]":"\\u0001 \\" é 😀",' +
  '"big":123456789012345678901234567890.12345e-400,"cut":"\\ud83d"}';
const REF = "weave:///ent/proj/agent_turn/11111111111111111111111111111111";
const STARTED = '"started_at":"2026-08-20T00:00:00Z","attributes":{}';
const START = `{${NAMED},"id":"c","trace_id":"t","op_name":"op",${STARTED},"inputs":${DOCUMENT}}`;
const END = `{${NAMED},"id":"c","ended_at":"2026-08-20T00:00:01Z","output":${DOCUMENT},"summary":{}}`;
const TABLE = `{"table":{${NAMED},"rows":[${DOCUMENT},{"a":1},{"a":1.0}]}}`;

/** Requests one after the other to one server. */
const REQUESTS: [string, string][] = [
  ["/obj/create", `{"obj":{${NAMED},"object_id":"o","val":${DOCUMENT},"unknown":1},"other":2}`],
  ["/obj/create", `{"obj":{${NAMED},"object_id":"o","val":null}}`],
  ["/obj/create", `{"obj":{"object_id":"","wb_user_id":3}}`],
  ["/obj/create", "[]"],
  ["/obj/create", '{"obj" 1'],
  ["/obj/create", '{"obj":{"object_id":"é😀" "val":1}}'],
  ["/obj/create", `{"obj":${"[".repeat(1000)}`],
  ["/obj/read", `{${NAMED},"object_id":"o","digest":"v0"}`],
  ["/obj/read", `{${NAMED},"object_id":"o","digest":"v9"}`],
  ["/objs/query", `{${NAMED},"filter":{"object_ids":["o"],"is_op":"no"},"limit":"5"}`],
  ["/objs/query", `{${NAMED},"filter":{"object_ids":"o","is_op":2},"limit":-1,"sort_by":[{"field":"x"}]}`],
  ["/table/create", TABLE],
  ["/table/create", `{"table":{${NAMED},"rows":[1,{}]}}`],
  ["/table/query", `{${NAMED},"digest":"d","filter":{"row_digests":["a"]}}`],
  ["/table/update", `{${NAMED},"base_digest":"d","updates":[]}`],
  ["/table/update", `{${NAMED},"base_digest":"d","updates":[{"append":{"row":3}}]}`],
  ["/table/update", `{${NAMED},"base_digest":"d","updates":[{"append":{"row":{}}},{"put":{}}]}`],
  ["/call/start", `{"start":${START}}`],
  ["/call/end", `{"end":${END}}`],
  ["/call/upsert_batch", `{"batch":[{"mode":"start","req":{"start":${START}}},{"mode":"other"}]}`],
  ["/call/read", `{${NAMED},"id":"c"}`],
  ["/calls/stream_query", `{${NAMED},"filter":{"call_ids":["c"],"thread_ids":null}}`],
  ["/calls/stream_query", `{${NAMED},"filter":{"call_id":["c"]}}`],
  ["/call/update", `{${NAMED},"call_id":"c","display_name":"x\\ud83d"}`],
  ["/feedback/create", `{${NAMED},"id":"f","weave_ref":"${REF}","feedback_type":"x","payload":${DOCUMENT}}`],
  ["/feedback/create", `{${NAMED},"weave_ref":"${REF}","feedback_type":"x","payload":[]}`],
  ["/threads/stream_query", `{${NAMED},"filter":{"thread_ids":["a"],"other":1},"limit":1e400}`],
  ["/threads/stream_query", `{${NAMED},"limit":"10","offset":1.0,"sort_by":[]}`],
  ["/agents/conversations/spans", `{${NAMED},"conversation_ids":["a","b"],"started_after":"no"}`],
  ["/agents/conversations/spans", `{${NAMED},"conversation_ids":["a","a"]}`],
  ["/refs/read_batch", '{"refs":["weave:///ent/proj/object/o:v0/key/2"]}'],
  ["/refs/read_batch", '{"refs":[1,"\\ud83d"]}'],
  ["/graphql", '{"query":"{ viewer { username } }","variables":{}}'],
  ["/calls/delete", `{${NAMED},"call_ids":["c"]}`],
];

test("large bodies are answered exactly as small ones", async () => {
  const small = await openWeave();
  const large = await openWeave();
  for (const [path, body] of REQUESTS) {
    const expected = await small.post(path, body);
    const { status, text } = await large.post(path, body.padEnd(LARGE));
    expect({ status, text }, `${path} ${body}`).toEqual({ status: expected.status, text: expected.text });
  }
});

test("tables are updated by large bodies", async () => {
  const { post } = await openWeave();
  const { digest } = (await post("/table/create", TABLE.padEnd(LARGE))).json as { digest: string };
  const update = async (updates: string) =>
    post("/table/update", `{${NAMED},"base_digest":"${digest}","updates":[${updates}]}`.padEnd(LARGE));
  const updated = await update(
    '{"pop":{"index":0}},{"insert":{"index":0,"row":{"b":2.0}}},{"append":{"row":{}}}',
  );
  const made = (updated.json as { digest: string }).digest;
  const { json } = await post("/table/query", { project_id: PROJECT, digest: made });
  expect((json as { rows: { val: unknown }[] }).rows.map(({ val }) => val)).toEqual([
    { b: 2 },
    { a: 1 },
    { a: 1 },
    {},
  ]);
  for (const wrong of ['{"pop":{"index":9}}', '{"insert":{"index":9,"row":{}}}', '{"pop":{}}']) {
    const refused = await update(wrong);
    expect(refused).toMatchObject({ status: 422, json: { detail: [{ loc: ["body", "updates", 0] }] } });
  }
});

test("a large document comes back as it went in, under the digest of its content", async () => {
  const { post } = await openWeave({ restBytes: 2 ** 24 });
  const filler = JSON.stringify(`é😀"\\\n${"日本 ".repeat(300_000)}`);
  const document = `${DOCUMENT.slice(0, -1)},"filler":${filler}}`;
  const publish = async (val: string) => {
    const { json } = await post("/obj/create", `{"obj":{${NAMED},"object_id":"o","val":${val}}}`);
    return (json as { digest: string }).digest;
  };
  const digest = await publish(document);
  expect(await publish(`{"filler": ${filler}, ${DOCUMENT.slice(1)}`)).toBe(digest);
  const { text } = await post("/obj/read", { project_id: PROJECT, object_id: "o", digest });
  expect(text.endsWith(`"val":${document}}}`)).toBe(true);
});

test("a body nests up to 1000 levels", async () => {
  const { post } = await openWeave();
  const around = 2;
  const publish = (levels: number) => {
    const val = `${"[".repeat(levels - around)}${"]".repeat(levels - around)}`;
    return `{"obj":{${NAMED},"object_id":"deep","val":${val}}}`;
  };
  for (const size of [0, LARGE]) {
    expect((await post("/obj/create", publish(1000).padEnd(size))).status).toBe(200);
    const { status, json } = await post("/obj/create", publish(1001).padEnd(size));
    expect([status, json]).toEqual([400, { reason: "The body is nested too deeply" }]);
  }
});

test("100 000 ids are a filter like any other", async () => {
  const { post } = await openWeave({ restBytes: 2 ** 24 });
  const ids = Array.from({ length: 100_000 }, (_, number) => `00000000-0000-7000-8000-${number}`);
  const query = (filter: object) => post("/threads/stream_query", { project_id: PROJECT, filter });
  expect(await query({ thread_ids: ids })).toMatchObject({ status: 200, text: "" });
  const calls = await post("/calls/stream_query", { project_id: PROJECT, filter: { call_ids: ids } });
  expect(calls).toMatchObject({ status: 200, text: "" });
  const rows = await post("/table/query", { project_id: PROJECT, digest: "d", filter: { row_digests: ids } });
  expect(rows).toMatchObject({ status: 200, text: '{"rows":[]}' });
});

test("a key with an escape is not taken for one that came before", async () => {
  const { post } = await openWeave();
  const locations = async (key: string) => {
    const { json } = await post("/threads/stream_query", `{${NAMED},"a":1,"${key}":2}`);
    return (json as { detail: { loc: string[] }[] }).detail.map(({ loc }) => loc[1]);
  };
  expect(await locations("\\\\")).toEqual(["a", "\\"]);
  expect(await locations('\\"')).toEqual(["a", '"']);
});

test("a client that leaves midway leaves nothing behind", async () => {
  const { url, post } = await openWeave();
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  await once(socket, "connect");
  const body = `{"obj":{${NAMED},"object_id":"o","val":"${"x".repeat(10 * LARGE)}"}}`;
  const head =
    `POST /obj/create HTTP/1.1\r\nhost: ${hostname}:${port}\r\n` +
    `content-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n`;
  await new Promise((sent) => socket.write(head + body.slice(0, -10), sent));
  socket.destroy();
  await once(socket, "close");
  expect((await post("/objs/query", { project_id: PROJECT })).json).toEqual({ objs: [] });
});
