import { describe, expect, test } from "vitest";
import type { ThreadSearch } from "../../../src/model/threads/thread-record.ts";
import { StoreUnavailableError } from "../../../src/store/errors.ts";
import { span } from "../../store/builders.ts";
import { unusedStore } from "../../store/unused-store.ts";
import { NOW } from "../serve.ts";
import { ID, openDoor } from "./open.ts";

const idOf = (index: number) => `00000000-0000-7000-8000-${String(index).padStart(12, "0")}`;
const idsIn = (json: unknown) => (json as { thread_id: string }[]).map(({ thread_id }) => thread_id);

describe("the question", () => {
  const plain: ThreadSearch = {
    projectId: "default",
    now: expect.any(Number) as number,
    threadIds: null,
    metadata: null,
    values: null,
    status: null,
    uuidsOnly: true,
    sortBy: "created_at",
    sortOrder: "desc",
    limit: 10,
    offset: 0,
    after: null,
    documents: ["metadata", "values", "interrupts"],
    extract: [],
    withTotal: true,
  };

  test.each(["", "{}", '{"ids":[],"metadata":{},"values":{},"select":[],"extract":{},"unknown":null}'])(
    "that says nothing is for the ten newest: %s",
    async (body) => {
      const { call, store } = await openDoor();
      await call("POST", "/threads/search", body);
      expect(store.searches).toEqual([plain]);
    },
  );

  test("reaches the store in the model's words", async () => {
    const { call, store, clock } = await openDoor();
    clock.time = NOW;
    await call(
      "POST",
      "/threads/search?x=1",
      `{"ids":["${ID.toUpperCase()}"],"metadata":{"a.b":[1.0]},"values":{"n":9007199254740993},
        "status":"busy","limit":1000,"offset":2.0,"sort_by":"thread_id","sort_order":"asc",
        "select":["values","thread_id","values"],"extract":{"last":"values.messages[-1].id"}}`,
      { "x-project-id": "acme/bot" },
    );
    expect(store.searches).toEqual([
      {
        ...plain,
        projectId: "acme/bot",
        threadIds: [ID],
        metadata: '{"a.b":[1.0]}',
        values: '{"n":9007199254740993}',
        status: "busy",
        sortBy: "thread_id",
        sortOrder: "asc",
        limit: 1000,
        offset: 2,
        documents: ["values"],
        extract: [{ document: "values", steps: ["messages", -1, "id"] }],
      },
    ]);
  });

  test("of a repeated key is its last value", async () => {
    const { call, store } = await openDoor();
    await call(
      "POST",
      "/threads/search",
      '{"limit":1,"limit":2,"metadata":{"a":1},"metadata":{"b":1,"b":2}}',
    );
    expect(store.searches).toMatchObject([{ limit: 2, metadata: '{"b":2}' }]);
  });

  test("may skip more threads than there can be", async () => {
    const { call } = await openDoor();
    expect(await call("POST", "/threads/search", '{"offset":1e300}')).toMatchObject({
      status: 200,
      json: [],
    });
  });

  test("may name 40 000 threads", async () => {
    const { call, store } = await openDoor();
    const ids = Array.from({ length: 40_000 }, (_, index) => idOf(index));
    expect((await call("POST", "/threads/search", { ids })).status).toBe(200);
    expect(store.searches[0]?.threadIds).toEqual(ids);
  });
});

describe("the answer", () => {
  test("is an array of whole threads, as GET prints them", async () => {
    const { call, create } = await openDoor();
    await create({ metadata: { a: 1 } });
    const last = await create({ thread_id: ID, ttl: { ttl: 1 } });
    const { status, headers, json } = await call("POST", "/threads/search", {});
    expect([status, headers.get("content-type")]).toEqual([200, "application/json"]);
    expect(json).toEqual([last, expect.objectContaining({ metadata: { a: 1 } })]);
  });

  test("is an empty array when nothing matches", async () => {
    const { call } = await openDoor();
    const { text, headers } = await call("POST", "/threads/search", {});
    expect([text, headers.get("x-pagination-total")]).toEqual(["[]", "0"]);
    expect(headers.has("x-pagination-next")).toBe(false);
  });

  test("pages, with the true total and the next offset only while there is more", async () => {
    const { call, create } = await openDoor();
    for (let index = 0; index < 5; index += 1) await create({ thread_id: idOf(index) });
    const seen = [];
    for (const offset of [0, 2, 4, 6]) {
      const { json, headers } = await call("POST", "/threads/search", {
        limit: 2,
        offset,
        sort_order: "asc",
      });
      seen.push([idsIn(json), headers.get("x-pagination-total"), headers.get("x-pagination-next")]);
    }
    expect(seen).toEqual([
      [[idOf(0), idOf(1)], "5", "2"],
      [[idOf(2), idOf(3)], "5", "4"],
      [[idOf(4)], "5", null],
      [[], "5", null],
    ]);
  });

  test("tells of more when the page ends where the rows do not", async () => {
    const { call, create } = await openDoor();
    await create();
    await create();
    const { headers } = await call("POST", "/threads/search", { limit: 2 });
    expect(headers.has("x-pagination-next")).toBe(false);
  });

  test("has only the selected fields", async () => {
    const { call, create } = await openDoor();
    await create({ thread_id: ID, metadata: { a: 1 } });
    const { json } = await call("POST", "/threads/search", { select: ["status", "metadata"] });
    expect(json).toEqual([{ metadata: { a: 1 }, status: "idle" }]);
  });

  test("has what is extracted, whatever is selected; what leads nowhere is null", async () => {
    const { call, create } = await openDoor();
    await create({ thread_id: ID, metadata: { "a]": { "0": "zero" }, list: [1, [2.5]] } });
    await call("POST", `/threads/${ID}/state`, { values: { messages: [{ id: "1" }, { id: "2" }] } });
    const extract = {
      last: "values.messages[-1].id",
      far: "values.messages[7]",
      zero: "metadata.a].0",
      twice: "metadata..list[1][0]",
      conf: "config",
      whole: "interrupts",
      _: "values.messages.0",
    };
    const { json } = await call("POST", "/threads/search", { select: ["thread_id"], extract });
    expect(json).toEqual([
      {
        thread_id: ID,
        extracted: { last: "2", far: null, zero: "zero", twice: 2.5, conf: {}, whole: {}, _: null },
      },
    ]);
  });

  test("tells TTLs only with include=ttl", async () => {
    const { call, create } = await openDoor();
    await create({ ttl: { ttl: 1 } });
    const select = ["thread_id"];
    expect((await call("POST", "/threads/search", {})).json).not.toHaveProperty("0.ttl");
    expect((await call("POST", "/threads/search?include=ttl", { select })).json).toMatchObject([
      { ttl: { ttl_minutes: 1 } },
    ]);
  });

  test.each([
    ["desc", [3, 2, 1]],
    ["asc", [1, 2, 3]],
  ])("breaks ties by thread_id in the same direction: %s", async (sort_order, order) => {
    const { call, create } = await openDoor();
    for (const index of [2, 1, 3]) await create({ thread_id: idOf(index) });
    const { json } = await call("POST", "/threads/search", { sort_by: "status", sort_order });
    expect(idsIn(json)).toEqual(order.map(idOf));
  });

  test.each([
    [{ metadata: { on: true } }, [1]],
    [{ metadata: { n: 2 } }, [2]],
    [{ metadata: { n: null } }, [3]],
    [{ metadata: { tags: ["b", "b"] } }, [3]],
    [{ metadata: { "a.b": { c: "é" } } }, [2]],
    [{ values: { k: {} } }, [1]],
    [{ values: { "": 0 } }, []],
    [{ ids: [idOf(3), idOf(1)] }, [1, 3]],
    [{ ids: [idOf(3), idOf(1)], status: "idle", metadata: { on: true } }, [1]],
    [{ status: "error" }, []],
  ])("to %j", async (filter, found) => {
    const { call, create } = await openDoor();
    await create({ thread_id: idOf(1), metadata: { on: true, n: "2" } });
    await create({ thread_id: idOf(2), metadata: { on: 1, n: 2.0, "a.b": { c: "é", d: 1 } } });
    await create({ thread_id: idOf(3), metadata: { n: null, tags: ["a", "b"] } });
    await call("POST", `/threads/${idOf(1)}/state`, { values: { k: { l: 1 } } });
    const { json, headers } = await call("POST", "/threads/search", {
      ...filter,
      sort_by: "thread_id",
      sort_order: "asc",
    });
    expect(idsIn(json)).toEqual(found.map(idOf));
    expect(headers.get("x-pagination-total")).toBe(String(found.length));
    if ("ids" in filter) return;
    const count = await call("POST", "/threads/count", filter);
    expect([count.status, count.text]).toEqual([200, String(found.length)]);
    expect(count.headers.get("content-type")).toMatch(/^application\/json/);
  });

  test("of many large documents is sent as it is read", async () => {
    const large = JSON.stringify({ text: "x".repeat(2 ** 20) });
    let asked = 0;
    const store = {
      ...unusedStore,
      async close() {},
      async *searchThreads() {
        for (; asked < 200; asked += 1) {
          const times = { createdAt: NOW, updatedAt: NOW, stateUpdatedAt: NOW };
          const thread = { ...times, threadId: ID, status: "idle" as const, ttl: null, metadata: large };
          yield { threads: [thread], total: 200, hasMore: false };
        }
      },
    };
    const { url } = await openDoor(store);
    const response = await fetch(`${url}/threads/search`, { method: "POST", body: '{"limit":200}' });
    const reader = response.body!.getReader();
    expect((await reader.read()).done).toBe(false);
    expect(asked).toBeLessThan(100);
    await reader.cancel();
  });

  test("that breaks off does not look whole", async () => {
    const store = {
      ...unusedStore,
      async close() {},
      async *searchThreads() {
        yield { threads: [], total: 2, hasMore: false };
        const times = { createdAt: NOW, updatedAt: NOW, stateUpdatedAt: NOW };
        yield {
          threads: [{ ...times, threadId: ID, status: "idle" as const, ttl: null }],
          total: 2,
          hasMore: false,
        };
        throw new StoreUnavailableError("the disk is gone");
      },
    };
    const { url } = await openDoor(store);
    const answer = fetch(`${url}/threads/search`, { method: "POST" }).then((response) => response.text());
    await expect(answer).rejects.toThrow();
  });
});

test("a thread that spans have made is listed if its id is a UUID, and has no place here else", async () => {
  const { call, store } = await openDoor();
  await store.writeSpans([
    span({ projectId: "default", thread: ID, traceId: "1" }),
    span({ projectId: "default", thread: "session-7", traceId: "2" }),
  ]);
  const { json, headers } = await call("POST", "/threads/search", {});
  expect(idsIn(json)).toEqual([ID]);
  expect(headers.get("x-pagination-total")).toBe("1");
  expect((await call("POST", "/threads/count", {})).json).toBe(1);
  expect((await call("GET", `/threads/${ID}`)).json).toMatchObject({
    metadata: {},
    values: null,
    status: "idle",
  });
  expect((await call("GET", "/threads/session-7")).status).toBe(422);
  expect((await call("POST", "/threads", { thread_id: ID, metadata: { a: 1 } })).status).toBe(200);
  expect((await call("POST", "/threads", { thread_id: ID })).status).toBe(409);
});

test("threads of one project are unknown in another", async () => {
  const { call, create } = await openDoor();
  await create({ thread_id: ID });
  const other = { "x-project-id": "other" };
  expect((await call("POST", "/threads/search", {}, other)).json).toEqual([]);
  expect((await call("GET", `/p/other/threads/${ID}`)).status).toBe(404);
  expect((await call("POST", "/p/a/b/threads", { thread_id: ID })).status).toBe(200);
  expect((await call("POST", "/threads/count", {}, { "x-project-id": "a/b" })).json).toBe(1);
  const { status, json } = await call("POST", "/p/a/b/threads/count", {}, other);
  expect([status, json]).toEqual([422, { detail: expect.stringContaining('"a/b"') }]);
});
