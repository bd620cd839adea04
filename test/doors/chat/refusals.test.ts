import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { StoreBusyError, StoreUnavailableError } from "../../../src/store/errors.ts";
import { makeKey } from "../../store/make-key.ts";
import { createNaiveStore } from "../../store/naive-store.ts";
import { unusedStore } from "../../store/unused-store.ts";
import { createCall } from "../call.ts";
import { openDoor } from "./open.ts";

const THREADS = "/api/chat/threads";

test("every bad parameter of the list is told, in the order of the parameters", async () => {
  const { call } = await openDoor();
  const query = `limit=ten&project_type=${"x".repeat(51)}&project_id=a%20b`;
  const { status, json } = await call("GET", `${THREADS}?${query}`);
  const pattern = "^[a-zA-Z0-9_-]+$";
  expect([status, json]).toEqual([
    422,
    {
      detail: [
        {
          type: "string_pattern_mismatch",
          loc: ["query", "project_id"],
          msg: `String should match pattern '${pattern}'`,
          input: "a b",
          ctx: { pattern },
        },
        {
          type: "string_too_long",
          loc: ["query", "project_type"],
          msg: "String should have at most 50 characters",
          input: "x".repeat(51),
          ctx: { max_length: 50 },
        },
        {
          type: "int_parsing",
          loc: ["query", "limit"],
          msg: "Input should be a valid integer, unable to parse string as an integer",
          input: "ten",
        },
      ],
    },
  ]);
});

test.each([
  ["limit=0", "greater_than_equal", "Input should be greater than or equal to 1", { ge: 1 }],
  ["limit=1001", "less_than_equal", "Input should be less than or equal to 1000", { le: 1000 }],
  [
    `project_id=${"x".repeat(101)}`,
    "string_too_long",
    "String should have at most 100 characters",
    { max_length: 100 },
  ],
])("GET ?%s is a %s", async (query, type, msg, ctx) => {
  const { call } = await openDoor();
  const [name, input] = query.split("=");
  const { status, json } = await call("GET", `${THREADS}?${query}`);
  expect([status, json]).toEqual([422, { detail: [{ type, loc: ["query", name], msg, input, ctx }] }]);
});

describe("bodies", () => {
  test.each<[string, string, unknown, string, unknown[]]>([
    ["POST", THREADS, { title: 1 }, "string_type", ["body", "title"]],
    ["POST", THREADS, { projectType: "a b" }, "string_pattern_mismatch", ["body", "projectType"]],
    [
      "POST",
      THREADS,
      { settings: { temperature: "0.7" } },
      "float_type",
      ["body", "settings", "temperature"],
    ],
    ["POST", THREADS, "{", "json_invalid", ["body", 1]],
    ["POST", THREADS, "", "missing", ["body"]],
    ["POST", THREADS, '{"title":"\\ud800"}', "value_error", ["body"]],
    ["POST", THREADS, `{"settings":${"[".repeat(300)}${"]".repeat(300)}}`, "value_error", ["body"]],
    ["PATCH", `${THREADS}/a`, { isPinned: "perhaps" }, "bool_parsing", ["body", "isPinned"]],
    ["PATCH", `${THREADS}/a`, { isPinned: 1.5 }, "bool_type", ["body", "isPinned"]],
    ["POST", `${THREADS}/a/messages`, {}, "missing", ["body", "messages"]],
    ["POST", `${THREADS}/a/messages`, { messages: [] }, "too_short", ["body", "messages"]],
    [
      "POST",
      `${THREADS}/a/messages`,
      { messages: [{ role: "user" }] },
      "missing",
      ["body", "messages", 0, "content"],
    ],
  ])("%s %s %j is a 422 of the type %s", async (method, path, body, type, loc) => {
    const { call } = await openDoor(createNaiveStore("second"));
    const { status, json } = await call(method, path, body);
    expect([status, json]).toMatchObject([422, { detail: [{ type, loc }] }]);
  });

  test("bytes that are no UTF-8, and bytes that are compressed", async () => {
    const { url, call } = await openDoor(createNaiveStore("second"));
    const body = Buffer.from([0x7b, 0xff, 0x7d]);
    const response = await fetch(url + THREADS, { method: "POST", body });
    expect([response.status, await response.json()]).toMatchObject([422, { detail: [{ loc: ["body"] }] }]);
    const { status, json } = await call("POST", THREADS, "{}", { "content-encoding": "gzip" });
    expect([status, json]).toEqual([415, { detail: "The body must not be compressed with gzip" }]);
  });

  test("a large one is not repeated", async () => {
    const { call } = await openDoor(createNaiveStore("second"));
    const large = { role: "user", extra: "x".repeat(100_000) };
    const { text, status } = await call("POST", `${THREADS}/a/messages`, { messages: [large] });
    expect(status).toBe(422);
    expect(text.length).toBeLessThan(1000);
  });

  test("one may be as large as the limit, and no larger", async () => {
    const { call } = await openDoor(createNaiveStore("second"), 1000);
    const body = (size: number) => JSON.stringify({ title: "x".repeat(size - 12) });
    expect((await call("POST", THREADS, body(1000))).status).toBe(200);
    const { status, json } = await call("POST", THREADS, body(1001));
    expect([status, json]).toEqual([413, { detail: expect.any(String) }]);
  });

  test.each(["text/plain;charset=UTF-8", "nonsense"])("one may be called %s", async (type) => {
    const { call } = await openDoor(createNaiveStore("second"));
    const { json } = await call("POST", THREADS, { title: "a" }, { "content-type": type });
    expect(json).toMatchObject({ title: "a" });
  });
});

test.each([
  ["PATCH", `${THREADS}/none`, {}],
  ["DELETE", `${THREADS}/none`, undefined],
  ["GET", `${THREADS}/none/messages`, undefined],
  ["POST", `${THREADS}/none/messages`, { messages: [{ role: "user", content: "" }] }],
])("%s %s: an unknown thread is a 404", async (method, path, body) => {
  const { call } = await openDoor();
  const { status, json } = await call(method, path, body);
  expect([status, json]).toEqual([404, { detail: "Thread with ID none not found" }]);
});

test.each([
  ["PUT", THREADS, "GET, HEAD, POST"],
  ["DELETE", THREADS, "GET, HEAD, POST"],
  ["GET", `${THREADS}/a`, "PATCH, DELETE"],
  ["POST", `${THREADS}/a`, "PATCH, DELETE"],
  ["PATCH", `${THREADS}/a/messages`, "GET, HEAD, POST"],
])("%s %s is a 405", async (method, path, allowed) => {
  const { call } = await openDoor(createNaiveStore("second"));
  const { status, json, headers } = await call(method, path);
  expect([status, json]).toEqual([405, { detail: "Method Not Allowed" }]);
  expect(headers.get("allow")?.split(", ").toSorted()).toEqual(allowed.split(", ").toSorted());
});

test("keys: none is a 401; another project's, or one that reads and is to write, a 403", async () => {
  const store = createNaiveStore("second");
  const mine = await makeKey(store, { projects: ["mine"] });
  const reads = await makeKey(store, { projects: ["mine"], role: "read" });
  const { call } = await openDoor(store);
  const as = (key: string) => ({ "x-api-key": key });
  const none = await call("GET", THREADS);
  expect([none.status, none.json]).toEqual([401, { detail: "Not authenticated" }]);
  expect(none.headers.get("www-authenticate")).toContain("Bearer");
  await call("POST", THREADS, { threadId: "a" }, as(mine));
  expect((await call("GET", THREADS, undefined, as(reads))).json).toMatchObject({
    projectId: "mine",
    totalCount: 1,
  });
  expect((await call("GET", `${THREADS}/a/messages`, undefined, as(reads))).status).toBe(200);
  const messages = { messages: [{ role: "user", content: "" }] };
  for (const [method, path, body] of [
    ["POST", THREADS, {}],
    ["PATCH", `${THREADS}/a`, {}],
    ["DELETE", `${THREADS}/a`, undefined],
    ["POST", `${THREADS}/a/messages`, messages],
  ] as const) {
    const writing = await call(method, path, body, as(reads));
    expect([writing.status, writing.json]).toEqual([
      403,
      { detail: expect.stringContaining("may read only") },
    ]);
    const elsewhere = await call(method, `/p/theirs${path}`, body, as(mine));
    const detail = 'The key does not cover the project "theirs"';
    expect([elsewhere.status, elsewhere.json]).toEqual([403, { detail }]);
  }
  expect((await call("GET", `${THREADS}?project_id=theirs`, undefined, as(mine))).status).toBe(403);
  const inBody = await call("POST", THREADS, { projectId: "theirs" }, as(mine));
  expect(inBody.status).toBe(403);
});

test.each([
  [new StoreBusyError("the write queue is full"), 503, "the write queue is full", "1"],
  [new StoreUnavailableError("the store is closed"), 503, "the store is closed", null],
  [new Error("a secret"), 500, "Internal Server Error", null],
])("what the store raises: %s", async (error, status, detail, retryAfter) => {
  const fail = () => Promise.reject(error);
  const listChats = () => ({ [Symbol.asyncIterator]: () => ({ next: fail }) });
  const { call } = await openDoor({ ...unusedStore, close: async () => {}, createChat: fail, listChats });
  for (const method of ["GET", "POST"]) {
    const answer = await call(method, THREADS, method === "POST" ? {} : undefined);
    expect([answer.status, answer.json]).toEqual([status, { detail }]);
    expect(answer.headers.get("retry-after")).toBe(retryAfter);
  }
});

test("whatever is sent, the answer is JSON, and never the server's fault", async () => {
  const { url, create } = await openDoor(createNaiveStore("second"));
  await create({ threadId: "a" });
  const call = createCall(url);
  const field = fc.constantFrom(
    "title",
    "tags",
    "settings",
    "permissions",
    "messages",
    "isPinned",
    "threadId",
    "__proto__",
  );
  const member = fc.tuple(field, fc.jsonValue());
  const body = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.json(),
    fc.array(member).map((members) => JSON.stringify(Object.fromEntries(members))),
    fc
      .array(fc.record({ role: fc.jsonValue(), content: fc.jsonValue(), timestamp: fc.jsonValue() }))
      .map((messages) => JSON.stringify({ messages })),
  );
  const id = fc.oneof(
    fc.constant("a"),
    fc.string({ unit: "grapheme", minLength: 1 }).map(encodeURIComponent),
  );
  const path = fc.oneof(
    fc.constant(THREADS),
    id.map((name) => `${THREADS}/${name}`),
    id.map((name) => `${THREADS}/${name}/messages`),
  );
  const query = fc.dictionary(
    fc.constantFrom("limit", "offset", "project_id"),
    fc.string({ unit: "binary" }),
  );
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom("GET", "POST", "PATCH", "DELETE"),
      path,
      query,
      body,
      async (method, at, asked, sent) => {
        const search = new URLSearchParams(asked).toString();
        const hasBody = method === "POST" || method === "PATCH";
        const { status, json } = await call(method, `${at}?${search}`, hasBody ? sent : undefined);
        expect(status).toBeLessThan(500);
        expect(json).toBeTypeOf("object");
      },
    ),
    { numRuns: 500 },
  );
});
