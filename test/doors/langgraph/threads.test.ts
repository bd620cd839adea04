import { describe, expect, test } from "vitest";
import { ID, openDoor } from "./open.ts";

const UUID_7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const OTHER = "0198c2f0-7e11-7000-8000-0000000000bb";

describe("POST /threads", () => {
  test("makes a thread of nothing", async () => {
    const { call } = await openDoor();
    const { status, headers, json } = await call("POST", "/threads", {});
    expect(status).toBe(200);
    expect(headers.get("content-type")).toMatch(/^application\/json/);
    expect(json).toEqual({
      thread_id: expect.stringMatching(UUID_7),
      created_at: "2026-08-20T00:00:01.250000Z",
      updated_at: "2026-08-20T00:00:01.250000Z",
      state_updated_at: "2026-08-20T00:00:01.250000Z",
      metadata: {},
      config: {},
      status: "idle",
      values: null,
      interrupts: {},
    });
  });

  test("needs no body", async () => {
    const { call } = await openDoor();
    expect((await call("POST", "/threads")).status).toBe(200);
  });

  test("takes an id in either case, and lower-cases it", async () => {
    const { call, create } = await openDoor();
    expect(await create({ thread_id: ID.toUpperCase() })).toMatchObject({ thread_id: ID });
    expect((await call("GET", `/threads/${ID.toUpperCase()}`)).json).toMatchObject({ thread_id: ID });
  });

  test("refuses an id that is there, or answers with the thread unchanged", async () => {
    const { call, create } = await openDoor();
    const first = await create({ thread_id: ID, metadata: { a: 1 } });
    const again = { thread_id: ID, metadata: { a: 2 } };
    const refused = { detail: `Thread with ID ${ID} already exists` };
    expect(await call("POST", "/threads", again)).toMatchObject({ status: 409, json: refused });
    expect(await call("POST", "/threads", { ...again, if_exists: "raise" })).toMatchObject({ status: 409 });
    const { status, json } = await call("POST", "/threads", { ...again, if_exists: "do_nothing" });
    expect([status, json]).toEqual([200, first]);
  });

  test("of one id at once gives one thread", async () => {
    const { call } = await openDoor();
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => call("POST", "/threads", { thread_id: ID })),
    );
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 409)).toHaveLength(19);
  });

  test("begins with the states of its supersteps, each a step", async () => {
    const { call } = await openDoor();
    const messages = (id: string) => ({ messages: [{ id, type: "human" }] });
    const supersteps = [
      { updates: [{ values: messages("1"), as_node: "__input__", command: null }] },
      {
        updates: [
          { values: messages("2"), as_node: "a" },
          { values: null, command: { update: { done: true }, goto: "x" }, as_node: "b" },
        ],
      },
    ];
    const created = await call("POST", "/threads", { thread_id: ID, supersteps });
    expect(created.json).toMatchObject({
      values: { messages: [{ id: "1" }, { id: "2" }], done: true },
    });
    const { json } = await call("GET", `/threads/${ID}/history`);
    expect(json).toMatchObject([
      { values: { done: true }, metadata: { as_node: "b" } },
      { values: messages("1"), metadata: { as_node: "__input__" }, parent_checkpoint: null },
    ]);
  });
});

describe("GET /threads/{id}", () => {
  test.each([
    "include=ttl",
    "include=runs,ttl",
    "include=runs&include=ttl",
    "include=%5B%22ttl%22%5D",
    "include=runs,%20ttl",
  ])("tells the TTL when asked with %s", async (query) => {
    const { call, create } = await openDoor();
    await create({ thread_id: ID, ttl: { ttl: 1.5 } });
    const { json } = await call("GET", `/threads/${ID}?${query}`);
    expect(json).toMatchObject({
      ttl: { strategy: "delete", ttl_minutes: 1.5, expires_at: "2026-08-20T00:01:31.250000Z" },
    });
  });

  test("tells no TTL else, and null of a thread without one", async () => {
    const { call, create } = await openDoor();
    await create({ thread_id: ID, ttl: { ttl: 1 } });
    expect((await call("GET", `/threads/${ID}?include=runs`)).json).not.toHaveProperty("ttl");
    const { thread_id } = await create();
    expect((await call("GET", `/threads/${thread_id}?include=ttl`)).json).toHaveProperty("ttl", null);
  });

  test("refuses a query that is a broken JSON array", async () => {
    const { call, create } = await openDoor();
    await create({ thread_id: ID });
    const json = { detail: "include: is not a JSON array" };
    expect(await call("GET", `/threads/${ID}?include=[ttl`)).toMatchObject({ status: 422, json });
    expect(await call("POST", "/threads?include=[ttl", {})).toMatchObject({ status: 422, json });
    expect((await call("POST", "/threads/count", {})).json).toBe(1);
  });

  test("answers HEAD", async () => {
    const { url, create } = await openDoor();
    await create({ thread_id: ID });
    expect((await fetch(`${url}/threads/${ID}`, { method: "HEAD" })).status).toBe(200);
  });
});

describe("PATCH /threads/{id}", () => {
  test("merges metadata shallowly, stores null, and moves updated_at only", async () => {
    const { call, create } = await openDoor();
    const made = await create({
      thread_id: ID,
      metadata: { keep: { a: 1 }, change: { b: 1, c: 1 }, drop: 1 },
    });
    const patch = { metadata: { change: { b: 2 }, drop: null, add: [] } };
    const { status, json } = await call("PATCH", `/threads/${ID}`, patch);
    expect(status).toBe(200);
    expect(json).toEqual({
      ...made,
      metadata: { keep: { a: 1 }, change: { b: 2 }, drop: null, add: [] },
      updated_at: "2026-08-20T00:00:02.250000Z",
    });
    expect((await call("GET", `/threads/${ID}`)).json).toEqual(json);
  });

  test.each(["return=minimal", "respond-async, Return=minimal", 'return="minimal"; x=1'])(
    "answers nothing to Prefer: %s",
    async (prefer) => {
      const { call, create } = await openDoor();
      await create({ thread_id: ID });
      const { status, text } = await call("PATCH", `/threads/${ID}`, { metadata: { a: 1 } }, { prefer });
      expect([status, text]).toEqual([204, ""]);
      expect((await call("GET", `/threads/${ID}`)).json).toMatchObject({ metadata: { a: 1 } });
    },
  );

  test("answers the thread to Prefer: return=representation", async () => {
    const { call, create } = await openDoor();
    await create({ thread_id: ID });
    const prefer = "return=representation";
    expect((await call("PATCH", `/threads/${ID}`, {}, { prefer })).json).toMatchObject({ thread_id: ID });
  });

  test("gives a new TTL", async () => {
    const { call, create } = await openDoor();
    await create({ thread_id: ID, ttl: { ttl: 1 } });
    const patch = { ttl: { ttl: 2, strategy: "keep_latest" } };
    expect((await call("PATCH", `/threads/${ID}?include=ttl`, patch)).json).toMatchObject({
      ttl: { strategy: "keep_latest", ttl_minutes: 2, expires_at: "2026-08-20T00:02:02.250000Z" },
    });
  });

  test("of different keys at once all survive", async () => {
    const { call, create } = await openDoor();
    await create({ thread_id: ID });
    const keys = Array.from({ length: 100 }, (_, index) => `key-${index}`);
    await Promise.all(keys.map((key) => call("PATCH", `/threads/${ID}`, { metadata: { [key]: key } })));
    const { json } = await call("GET", `/threads/${ID}`);
    expect(json).toMatchObject({ metadata: Object.fromEntries(keys.map((key) => [key, key])) });
  });
});

test("DELETE /threads/{id} removes the thread, whatever type it is said to have", async () => {
  const { call, create } = await openDoor();
  await create({ thread_id: ID });
  await create({ thread_id: OTHER });
  const { status, text } = await call("DELETE", `/threads/${ID}`);
  expect([status, text]).toEqual([204, ""]);
  expect((await call("GET", `/threads/${ID}`)).status).toBe(404);
  const type = { "content-type": "application/json" };
  expect((await call("DELETE", `/threads/${OTHER}`, undefined, type)).status).toBe(204);
});

describe("POST /threads/{id}/copy", () => {
  test("answers the copy, which goes its own way", async () => {
    const { call, create } = await openDoor();
    await create({ thread_id: ID, metadata: { a: 1 }, ttl: { ttl: 60 } });
    await call("POST", `/threads/${ID}/state`, { values: { n: 1 } });
    const { status, json } = await call("POST", `/threads/${ID}/copy?include=ttl`);
    expect(status).toBe(200);
    expect(json).toMatchObject({ metadata: { a: 1 }, values: { n: 1 }, status: "idle", ttl: null });
    const { thread_id } = json as { thread_id: string };
    expect(thread_id).toMatch(UUID_7);
    await call("POST", `/threads/${thread_id}/state`, { values: { n: 2 } });
    expect((await call("GET", `/threads/${ID}`)).json).toMatchObject({ values: { n: 1 } });
    expect((await call("GET", `/threads/${thread_id}/history`)).json).toHaveLength(2);
  });

  test("of an unknown thread is a conflict", async () => {
    const { call } = await openDoor();
    const json = { detail: `Thread with ID ${ID} not found` };
    expect(await call("POST", `/threads/${ID}/copy`)).toMatchObject({ status: 409, json });
  });

  test("looks at no body", async () => {
    const { call, create } = await openDoor();
    await create({ thread_id: ID });
    expect((await call("POST", `/threads/${ID}/copy`, "{")).status).toBe(200);
  });
});

describe("POST /threads/prune", () => {
  test("removes threads and counts them; unknown ids are passed over", async () => {
    const { call, create } = await openDoor();
    await create({ thread_id: ID });
    const { status, json } = await call("POST", "/threads/prune", {
      thread_ids: [ID.toUpperCase(), OTHER, ID],
      strategy: "delete",
    });
    expect([status, json]).toEqual([200, { pruned_count: 1 }]);
    expect((await call("GET", `/threads/${ID}`)).status).toBe(404);
  });

  test("keeps the latest state when told to", async () => {
    const { call, create } = await openDoor();
    await create({ thread_id: ID });
    await call("POST", `/threads/${ID}/state`, { values: { n: 1 } });
    await call("POST", `/threads/${ID}/state`, { values: { n: 2 } });
    const prune = { thread_ids: [ID], strategy: "keep_latest" };
    expect((await call("POST", "/threads/prune", prune)).json).toEqual({ pruned_count: 1 });
    expect((await call("GET", `/threads/${ID}/history`)).json).toMatchObject([
      { values: { n: 2 }, parent_checkpoint: null },
    ]);
  });

  test("removes when it does not say how", async () => {
    const { call, create } = await openDoor();
    await create({ thread_id: ID });
    expect((await call("POST", "/threads/prune", { thread_ids: [ID] })).json).toEqual({ pruned_count: 1 });
    expect((await call("GET", `/threads/${ID}`)).status).toBe(404);
  });
});

describe("a thread whose time is up", () => {
  const MINUTE = 60_000_000;

  test("is nowhere", async () => {
    const { call, create, clock } = await openDoor();
    await create({ thread_id: ID, ttl: { ttl: 5, strategy: "delete" } });
    clock.time += 4 * MINUTE;
    expect((await call("GET", `/threads/${ID}`)).status).toBe(200);
    clock.time += MINUTE;
    expect((await call("GET", `/threads/${ID}`)).status).toBe(404);
    expect((await call("POST", "/threads/search", {})).json).toEqual([]);
    expect((await call("POST", "/threads/count", {})).json).toBe(0);
    expect((await call("POST", "/threads", { thread_id: ID })).status).toBe(200);
  });

  test("has no history but its latest state where it keeps that, and a new time", async () => {
    const { call, create, clock } = await openDoor();
    await create({ thread_id: ID, ttl: { ttl: 5, strategy: "keep_latest" } });
    await call("POST", `/threads/${ID}/state`, { values: { n: 1 } });
    await call("POST", `/threads/${ID}/state`, { values: { n: 2 } });
    clock.time += 6 * MINUTE;
    expect((await call("GET", `/threads/${ID}/history`)).json).toMatchObject([{ values: { n: 2 } }]);
    expect((await call("GET", `/threads/${ID}?include=ttl`)).json).toMatchObject({
      ttl: { expires_at: "2026-08-20T00:10:01.250000Z" },
    });
  });
});
