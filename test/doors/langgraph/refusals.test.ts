import { describe, expect, test } from "vitest";
import { StoreBusyError, StoreUnavailableError } from "../../../src/store/errors.ts";
import { unusedStore } from "../../store/unused-store.ts";
import { ID, openDoor } from "./open.ts";

describe("a body that is not understood is a 422 that says why", () => {
  const ids = (...given: unknown[]) => ({ ids: given });
  const extract = (...entries: [string, unknown][]) => ({ extract: Object.fromEntries(entries) });

  test.each<[string, unknown, string]>([
    ["/threads/search", "{", "body: is not JSON"],
    ["/threads/search", "[]", "body: must be a JSON object"],
    ["/threads/search", "null", "body: must be a JSON object"],
    ["/threads/search", '{"metadata":{"a":"\\ud800"}}', "surrogate"],
    ["/threads/search", `{"metadata":${"[".repeat(300)}`, "body: nests deeper than"],
    ["/threads/search", { limit: 0 }, "limit: must be a whole number from 1 to 1000"],
    ["/threads/search", { limit: 1001 }, "limit: must be a whole number from 1 to 1000"],
    ["/threads/search", { limit: 1.5 }, "limit: must be a whole number"],
    ["/threads/search", { limit: "10" }, "limit: must be a whole number"],
    ["/threads/search", { limit: true }, "limit: must be a whole number"],
    ["/threads/search", { offset: -1 }, "offset: must be a whole number of at least 0"],
    ["/threads/search", '{"offset":1e400}', "offset: must be a whole number"],
    ["/threads/search", { sort_by: "metadata" }, "sort_by: must be one of thread_id, status, created_at"],
    ["/threads/search", { sort_order: "DESC" }, "sort_order: must be one of asc, desc"],
    ["/threads/search", { status: "done" }, "status: must be one of"],
    ["/threads/search", { select: ["thread_id", "ttl"] }, "select.1: must be one of thread_id"],
    ["/threads/search", { select: "values" }, "select: must be a list"],
    ["/threads/search", ids(ID, "x"), "ids.1: must be a UUID"],
    ["/threads/search", ids(ID, 1), "ids.1: must be a UUID"],
    ["/threads/search", { ids: ID }, "ids: must be a list of UUIDs"],
    ["/threads/search", { metadata: [] }, "metadata: must be an object"],
    ["/threads/search", { values: 1 }, "values: must be an object"],
    ["/threads/search", { metadata: { a: Array(101).fill({}) } }, "metadata: has more than 100"],
    ["/threads/search", { extract: ["values"] }, "extract: must be an object of paths"],
    ["/threads/search", extract(["a", 1]), "extract: must be an object of paths"],
    ["/threads/search", extract(["a", "thread_id"]), "extract.a: must start with one of values"],
    ["/threads/search", extract(["a", "values[x]"]), "extract.a: must have an integer"],
    ["/threads/search", extract(["a", "values[0"]), "extract.a: must have an integer"],
    ["/threads/search", extract(["1a", "values"]), "extract.1a: must be an alias"],
    ["/threads/search", extract(["status", "values"]), "extract.status: must not be the name"],
    [
      "/threads/search",
      extract(...Array.from({ length: 11 }, (_, index): [string, string] => [`a${index}`, "values"])),
      "extract: has more than 10 aliases",
    ],
    ["/threads/search", { limit: 0, offset: -1 }, "; offset: must be"],
    ["/threads/count", { status: 1 }, "status: must be one of"],
    ["/threads/count", { metadata: "{}" }, "metadata: must be an object"],
    ["/threads", { thread_id: "mine" }, "thread_id: must be a UUID"],
    ["/threads", { metadata: 1 }, "metadata: must be an object"],
    ["/threads", { if_exists: "replace" }, "if_exists: must be one of raise, do_nothing"],
    ["/threads", { ttl: 5 }, "ttl: must be an object"],
    ["/threads", { ttl: {} }, "ttl.ttl: must be a number greater than 0"],
    ["/threads", { ttl: { ttl: 0 } }, "ttl.ttl: must be a number greater than 0"],
    ["/threads", '{"ttl":{"ttl":1e400}}', "ttl.ttl: must be a number greater than 0"],
    [
      "/threads",
      { ttl: { ttl: 1, strategy: "archive" } },
      "ttl.strategy: must be one of delete, keep_latest",
    ],
    ["/threads", { supersteps: {} }, "supersteps: must be a list"],
    ["/threads", { supersteps: [{}] }, "supersteps.0.updates: must be a list"],
    [
      "/threads",
      { supersteps: [{ updates: [{ values: 1 }] }] },
      "supersteps.0.updates.0.values: must be an object, a list of objects or null",
    ],
    ["/threads/prune", {}, "thread_ids: must be a list of UUIDs"],
    ["/threads/prune", { thread_ids: ["x"] }, "thread_ids.0: must be a UUID"],
    ["/threads/prune", { thread_ids: [], strategy: "all" }, "strategy: must be one of"],
    [`/threads/${ID}/state`, {}, "values: must be an object, a list of objects or null"],
    [`/threads/${ID}/state`, { values: [1] }, "values: must be an object, a list of objects or null"],
    [`/threads/${ID}/state`, { values: {}, as_node: 1 }, "as_node: must be a string"],
    [`/threads/${ID}/state`, { values: {}, checkpoint: ID }, "checkpoint: must be an object"],
    [
      `/threads/${ID}/state`,
      { values: {}, checkpoint: { checkpoint_ns: "sub:1" } },
      "checkpoint.checkpoint_ns: must be empty",
    ],
    [`/threads/${ID}/state/checkpoint`, {}, "checkpoint: must be an object"],
    [
      `/threads/${ID}/state/checkpoint`,
      { checkpoint: { checkpoint_id: 1 } },
      "checkpoint_id: must be a string",
    ],
    [`/threads/${ID}/history`, { limit: 0 }, "limit: must be a whole number from 1 to 1000"],
    [`/threads/${ID}/history`, { before: 1 }, "before: must be an object"],
    [`/threads/${ID}/history`, { metadata: [] }, "metadata: must be an object"],
    ["/threads/x/state", { values: {} }, "thread_id: must be a UUID"],
    ["/threads/x/copy", {}, "thread_id: must be a UUID"],
  ])("POST %s %j: %s", async (path, body, reason) => {
    const { call, create } = await openDoor();
    await create({ thread_id: ID });
    const { status, json } = await call("POST", path, body);
    expect([status, json]).toEqual([422, { detail: expect.stringContaining(reason) }]);
  });

  test.each([
    ["/threads/search", ["ids", "metadata", "values", "status", "limit", "offset", "sort_by", "sort_order"]],
    ["/threads/search", ["select", "extract"]],
    ["/threads/count", ["metadata", "values", "status"]],
    ["/threads", ["thread_id", "metadata", "if_exists", "ttl", "supersteps"]],
    ["/threads/prune", ["thread_ids", "strategy"]],
    [`/threads/${ID}/history`, ["limit", "before", "metadata", "checkpoint"]],
    [`/threads/${ID}/state`, ["as_node", "checkpoint", "checkpoint_id"]],
  ])("POST %s with null for a field of %j", async (path, fields) => {
    const { call, create } = await openDoor();
    await create({ thread_id: ID });
    for (const field of fields) {
      const { status, json } = await call("POST", path, { thread_ids: [], values: {}, [field]: null });
      expect([status, json]).toEqual([422, { detail: expect.stringMatching(`^${field}: must be`) }]);
    }
  });

  test.each([{ metadata: null }, { ttl: null }, { ttl: { ttl: -1 } }])("PATCH %j", async (body) => {
    const { call, create } = await openDoor();
    await create({ thread_id: ID });
    expect((await call("PATCH", `/threads/${ID}`, body)).status).toBe(422);
  });

  test("bytes that are no UTF-8", async () => {
    const { url } = await openDoor();
    const response = await fetch(`${url}/threads/search`, {
      method: "POST",
      body: Buffer.from([0x7b, 0xff, 0x7d]),
    });
    expect([response.status, await response.json()]).toEqual([422, { detail: "body: is not UTF-8" }]);
  });

  test.each(["limit=ten", "limit=0", "limit=1&limit=2", "before=1&before=2"])(
    "GET …/history?%s",
    async (query) => {
      const { call, create } = await openDoor();
      await create({ thread_id: ID });
      expect((await call("GET", `/threads/${ID}/history?${query}`)).status).toBe(422);
    },
  );
});

test.each([
  ["GET", "", 404],
  ["PATCH", "", 404],
  ["DELETE", "", 404],
  ["POST", "/copy", 409],
  ["GET", "/state", 404],
  ["GET", `/state/${ID}`, 404],
  ["POST", "/state/checkpoint", 404],
  ["POST", "/state", 404],
  ["GET", "/history", 404],
  ["POST", "/history", 404],
])(
  "%s /threads/{id}%s: an unknown thread is a %i, an id that is no UUID a 422",
  async (method, path, status) => {
    const { call } = await openDoor();
    const body = method === "GET" || method === "DELETE" ? undefined : { values: {}, checkpoint: {} };
    const json = { detail: `Thread with ID ${ID} not found` };
    expect(await call(method, `/threads/${ID}${path}`, body)).toMatchObject({ status, json });
    const unclear = { detail: "thread_id: must be a UUID" };
    for (const id of [`${ID}0`, "undefined", "%20", "%F0%9F%98%80"]) {
      expect(await call(method, `/threads/${id}${path}`, body)).toMatchObject({ status: 422, json: unclear });
    }
  },
);

test.each(["text/plain;charset=UTF-8", "application/x-www-form-urlencoded", "nonsense"])(
  "a body may be called %s",
  async (type) => {
    const { call } = await openDoor();
    const { status, json } = await call("POST", "/threads", { metadata: { a: 1 } }, { "content-type": type });
    expect([status, json]).toMatchObject([200, { metadata: { a: 1 } }]);
  },
);

test("a body may begin with a byte order mark, but not be compressed", async () => {
  const { call } = await openDoor();
  expect((await call("POST", "/threads/count", "\ufeff{}")).json).toBe(0);
  const { status, json } = await call("POST", "/threads/count", "x", { "content-encoding": "gzip" });
  expect([status, json]).toEqual([415, { detail: "The body must not be compressed with gzip" }]);
});

test.each([
  ["GET", "/threads/search", 405],
  ["PUT", "/threads", 405],
  ["PATCH", `/threads/${ID}/state`, 405],
  ["GET", `/threads/${ID}/stream`, 404],
  ["POST", `/threads/${ID}/runs`, 404],
  ["POST", "/assistants/search", 404],
  ["GET", "/threads/%zz", 400],
])("what there is not is said in the same shape: %s %s is a %i", async (method, path, status) => {
  const { call } = await openDoor();
  const answer = await call(method, path);
  expect([answer.status, answer.json]).toEqual([status, { detail: expect.any(String) }]);
});

test.each([
  [new StoreBusyError("the write queue is full"), 503, "the write queue is full", "1"],
  [new StoreUnavailableError("the store is closed"), 503, "the store is closed", null],
  [new Error("a secret"), 500, "Internal Server Error", null],
])("what the store raises: %s", async (error, status, detail, retryAfter) => {
  const fail = () => Promise.reject(error);
  const searchThreads = () => ({ [Symbol.asyncIterator]: () => ({ next: fail }) });
  const store = { ...unusedStore, close: async () => {}, createThread: fail, searchThreads };
  const { call } = await openDoor(store);
  for (const path of ["/threads", "/threads/search"]) {
    const answer = await call("POST", path, {});
    expect([answer.status, answer.json]).toEqual([status, { detail }]);
    expect(answer.headers.get("retry-after")).toBe(retryAfter);
  }
});
