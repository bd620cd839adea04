import { once } from "node:events";
import { connect } from "node:net";
import { describe, expect, onTestFinished, test } from "vitest";
import { MAX_JSON_DEPTH } from "../../../src/model/json/parse.ts";
import { openTemporaryStore } from "../../store/temporary-store.ts";
import { ID, openDoor } from "./open.ts";

/** More than what is read on the main thread. */
const LARGE = 40_000;

/** A document no JavaScript object can hold. */
const DOCUMENT =
  '{"10":1,"2":9007199254740993,"":1.0,"__proto__":{"constructor":-0},"a.b[0]":"\\u0001 \\" é 😀",' +
  '"big":123456789012345678901234567890.12345e-400,"toString":null}';

const OTHER = "0198c2f0-7e11-7000-8000-0000000000bb";
const CHECKPOINT = "0198c2f0-7e11-7000-8000-0000000000cc";

/** Requests one after the other to one server: method, path, body. */
const REQUESTS: [string, string, string][] = [
  ["POST", "/threads", `{"thread_id":"${ID}","metadata":${DOCUMENT},"ttl":{"ttl":5}}`],
  ["POST", "/threads", `{"thread_id":"${ID}"}`],
  ["POST", "/threads", `{"thread_id":"${ID}","if_exists":"do_nothing"}`],
  ["POST", "/threads", '{"metadata":[1],"if_exists":"no","supersteps":[{"updates":[{"values":3}]}]}'],
  [
    "POST",
    "/threads",
    `{"thread_id":"${OTHER}","supersteps":[{"updates":[{"values":${DOCUMENT},"as_node":"n"},{"command":{"update":{"b":1.0}}}]},{"updates":[]}]}`,
  ],
  ["POST", "/threads", ""],
  ["POST", "/threads", "{"],
  ["POST", "/threads", '{"metadata":{"a":"\\ud800"}}'],
  ["PATCH", `/threads/${ID}`, '{"metadata":{"2":2.50,"new":1E5},"ttl":{"ttl":"x"}}'],
  ["PATCH", `/threads/${ID}`, '{"metadata":{"2":2.50,"new":1E5}}'],
  ["POST", `/threads/${ID}/state`, `{"values":${DOCUMENT},"as_node":"n"}`],
  ["POST", `/threads/${ID}/state`, '{"values":[{"messages":[{"id":"1"}]},{"messages":{"id":"2"}}]}'],
  ["POST", `/threads/${ID}/state`, '{"values":{"messages":[{"type":"remove"}]}}'],
  ["POST", `/threads/${ID}/state`, '{"values":"x"}'],
  ["POST", `/threads/${ID}/state`, `{"values":null,"checkpoint_id":"${CHECKPOINT}"}`],
  ["POST", `/threads/${ID}/state/checkpoint`, `{"checkpoint":{"checkpoint_id":"${CHECKPOINT}"}}`],
  ["POST", `/threads/${ID}/state/checkpoint`, '{"checkpoint":{},"select":["values.2","next"]}'],
  ["POST", `/threads/${ID}/state/checkpoint`, '{"checkpoint":{},"select":["valves"]}'],
  ["POST", `/threads/${ID}/history`, '{"limit":5,"metadata":{"source":"update"},"select":["values"]}'],
  ["POST", `/threads/${ID}/history`, '{"limit":0,"metadata":1}'],
  ["POST", "/threads/search", '{"metadata":{"2":2.5},"values":{"2":9007199254740993},"select":["metadata"]}'],
  ["POST", "/threads/search", `{"ids":["${ID}"],"extract":{"m":"values.messages[-1].id","x":"metadata.x"}}`],
  ["POST", "/threads/search", '{"extract":{"1":"values"},"limit":0}'],
  ["POST", "/threads/search", '{"ids":["x"],"select":["x","values",1],"status":null}'],
  ["POST", "/threads/search", `{"metadata":{"a":[${Array(101).fill("{}").join()}]}}`],
  ["POST", "/threads/count", '{"values":{"b":1}}'],
  ["POST", "/threads/prune", `{"thread_ids":["${OTHER}","${CHECKPOINT}"]}`],
  ["POST", "/threads/prune", "{}"],
];

test("large bodies are answered exactly as small ones", async () => {
  const small = await openDoor();
  const large = await openDoor();
  for (const [method, path, body] of REQUESTS) {
    // Spaces at the end change nothing, but no text at all is an empty object.
    const padded = (body || "{}").padEnd(LARGE);
    const [expected, answer] = [await small.call(method, path, body), await large.call(method, path, padded)];
    const seen = { status: answer.status, text: withoutMadeIds(answer.text) };
    expect(seen, `${path} ${body}`).toEqual({
      status: expected.status,
      text: withoutMadeIds(expected.text),
    });
  }
});

/** A text without the ids that a server makes up, which no other makes. */
function withoutMadeIds(text: string): string {
  return text.replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}/g, (id) =>
    [ID, OTHER, CHECKPOINT].includes(id) ? id : "made",
  );
}

test("a large document comes back as it went in", async () => {
  const { call } = await openDoor((await openStore()).store);
  const filler = JSON.stringify(`é😀"\\\n${"日本 ".repeat(300_000)}`);
  const document = `${DOCUMENT.slice(0, -1)},"filler":${filler}}`;
  const created = await call("POST", "/threads", `{"thread_id":"${ID}","metadata":${document}}`);
  expect(created.text.includes(`"metadata":${document}`)).toBe(true);
  const set = await call("POST", `/threads/${ID}/state`, `{"values":${document}}`);
  expect(set.status).toBe(200);
  for (const path of [`/threads/${ID}`, `/threads/${ID}/state`, `/threads/${ID}/history`]) {
    expect((await call("GET", path)).text.includes(document), path).toBe(true);
  }
  const found = await call(
    "POST",
    "/threads/search",
    `{"values":${document},"metadata":{"filler":${filler}}}`,
  );
  expect(found.text.includes(`"values":${document}`)).toBe(true);
  const counted = await call("POST", "/threads/count", `{"values":${document.replace("740993", "740992")}}`);
  expect(counted.json).toBe(0);
});

test("many large bodies at once do not mix", async () => {
  const { call } = await openDoor();
  const answers = await Promise.all(
    Array.from({ length: 20 }, (_, number) =>
      call("POST", "/threads", { metadata: { number, filler: String(number).repeat(LARGE) } }),
    ),
  );
  expect(answers.map(({ json }) => (json as { metadata: { number: number } }).metadata.number)).toEqual(
    Array.from({ length: 20 }, (_, number) => number),
  );
});

test("a list with more faults than anyone reads is refused with the first of them", async () => {
  const { call } = await openDoor();
  const { status, json } = await call("POST", "/threads/search", { select: Array(200_000).fill("x") });
  expect(status).toBe(422);
  const { detail } = json as { detail: string };
  expect(detail).toContain("select.99: must be one of");
  expect(detail).not.toContain("select.100:");
});

test("100 000 ids find their threads", async () => {
  const { call } = await openDoor((await openStore()).store);
  const idOf = (number: number) => `00000000-0000-7000-8000-${String(number).padStart(12, "0")}`;
  for (const number of [7, 99_999]) await call("POST", "/threads", { thread_id: idOf(number) });
  await call("POST", "/threads", { thread_id: idOf(100_000) });
  const ids = Array.from({ length: 100_000 }, (_, number) => idOf(number));
  const { json, headers } = await call("POST", "/threads/search", { ids, select: ["thread_id"] });
  expect(json).toEqual([{ thread_id: idOf(99_999) }, { thread_id: idOf(7) }]);
  expect(headers.get("x-pagination-total")).toBe("2");
});

describe(`documents nest up to ${MAX_JSON_DEPTH} levels`, () => {
  const nested = (levels: number) => `${'{"a":'.repeat(levels - 1)}{}${"}".repeat(levels - 1)}`;

  test.each<[string, string, string, (document: string) => string, string]>([
    ["metadata of a new thread", "POST", "/threads", (document) => `{"metadata":${document}}`, "metadata"],
    ["metadata of a thread", "PATCH", `/threads/${ID}`, (document) => `{"metadata":${document}}`, "metadata"],
    ["a state", "POST", `/threads/${ID}/state`, (document) => `{"values":${document}}`, "values"],
    ["states", "POST", `/threads/${ID}/state`, (document) => `{"values":[{},${document}]}`, "values.1"],
    [
      "a first state",
      "POST",
      "/threads",
      (document) => `{"supersteps":[{"updates":[{"values":${document}}]}]}`,
      "supersteps.0.updates.0.values",
    ],
    [
      "a command",
      "POST",
      "/threads",
      (document) => `{"supersteps":[{"updates":[{"command":{"update":${document}}}]}]}`,
      "supersteps.0.updates.0.command.update",
    ],
    ["a search", "POST", "/threads/search", (document) => `{"values":${document}}`, "values"],
  ])("%s", async (_what, method, path, bodyOf, field) => {
    const { call, create } = await openDoor((await openStore()).store);
    await create({ thread_id: ID });
    for (const size of [0, LARGE]) {
      const deepest = await call(method, path, bodyOf(nested(MAX_JSON_DEPTH)).padEnd(size));
      expect([deepest.status, size]).toEqual([200, size]);
      const tooDeep = await call(method, path, bodyOf(nested(MAX_JSON_DEPTH + 1)).padEnd(size));
      expect([tooDeep.status, tooDeep.json]).toEqual([
        422,
        { detail: `${field}: nests deeper than ${MAX_JSON_DEPTH} levels` },
      ]);
    }
    expect((await call("POST", "/threads/search", { extract: { deep: "values.a.a.a" } })).status).toBe(200);
  });
});

test("a client that leaves midway leaves nothing behind", async () => {
  const { url, call } = await openDoor();
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  await once(socket, "connect");
  const body = `{"thread_id":"${ID}","metadata":{"x":"${"x".repeat(10 * LARGE)}"}}`;
  const head = `POST /threads HTTP/1.1\r\nhost: ${hostname}:${port}\r\ncontent-length: ${body.length}\r\n\r\n`;
  await new Promise((sent) => socket.write(head + body.slice(0, -10), sent));
  socket.destroy();
  await once(socket, "close");
  expect((await call("POST", "/threads/count", {})).json).toBe(0);
  expect((await call("GET", `/threads/${ID}`)).status).toBe(404);
});

async function openStore() {
  const temporary = await openTemporaryStore();
  onTestFinished(temporary.close);
  return temporary;
}
