import { describe, expect, test } from "vitest";
import { ID, openDoor } from "./open.ts";

interface State {
  checkpoint: { checkpoint_id: string };
  values: { n: number };
}

/** A thread with the states n = 1, 2, …; returns their checkpoints' ids. */
async function withStates(count: number) {
  const door = await openDoor();
  await door.create({ thread_id: ID });
  const ids: string[] = [];
  for (let n = 1; n <= count; n += 1) {
    const { json } = await door.call("POST", `/threads/${ID}/state`, { values: { n }, as_node: `node-${n}` });
    ids.push((json as { checkpoint_id: string }).checkpoint_id);
  }
  const history = async (body?: object) =>
    ((await door.call("POST", `/threads/${ID}/history`, body)).json as State[]).map(({ values }) => values.n);
  return { ...door, ids, history };
}

describe("a state", () => {
  test("of a fresh thread is empty", async () => {
    const { call, create } = await openDoor();
    await create({ thread_id: ID });
    const { status, json } = await call("GET", `/threads/${ID}/state`);
    expect(status).toBe(200);
    expect(json).toEqual({
      values: {},
      next: [],
      tasks: [],
      metadata: {},
      created_at: null,
      checkpoint: null,
      parent_checkpoint: null,
      interrupts: [],
    });
    expect((await call("POST", `/threads/${ID}/state/checkpoint`, { checkpoint: {} })).json).toEqual(json);
  });

  test("is told with its place and the one it follows", async () => {
    const { call, ids } = await withStates(2);
    const place = (checkpoint_id: string | undefined) => ({
      thread_id: ID,
      checkpoint_ns: "",
      checkpoint_id,
      checkpoint_map: null,
    });
    const { json } = await call("GET", `/threads/${ID}/state?subgraphs=false`);
    expect(json).toEqual({
      values: { n: 2 },
      next: [],
      tasks: [],
      metadata: { source: "update", step: 1, parents: {}, as_node: "node-2" },
      created_at: "2026-08-20T00:00:03.250000Z",
      checkpoint: place(ids[1]),
      parent_checkpoint: place(ids[0]),
      interrupts: [],
    });
  });

  test("is found by its checkpoint, three ways", async () => {
    const { call, ids } = await withStates(3);
    const second = { checkpoint_id: ids[1], checkpoint_ns: "", checkpoint_map: null, thread_id: ID };
    const answers = [
      await call("GET", `/threads/${ID}/state/${ids[1]}`),
      await call("GET", `/threads/${ID}/state/${ids[1]?.toUpperCase()}`),
      await call("POST", `/threads/${ID}/state/checkpoint`, { checkpoint: second, subgraphs: true }),
      await call("POST", `/threads/${ID}/state/checkpoint`, { checkpoint: { checkpoint_id: ids[1] } }),
    ];
    for (const { status, json } of answers) expect([status, json]).toMatchObject([200, { values: { n: 2 } }]);
  });

  test.each(["nothing", ID])("of an unknown checkpoint is a 404: %s", async (checkpoint_id) => {
    const { call } = await withStates(1);
    const json = { detail: `Checkpoint with ID ${checkpoint_id} not found` };
    expect(await call("GET", `/threads/${ID}/state/${checkpoint_id}`)).toMatchObject({ status: 404, json });
    const body = { checkpoint: { checkpoint_id } };
    expect(await call("POST", `/threads/${ID}/state/checkpoint`, body)).toMatchObject({ status: 404, json });
    const update = { values: {}, checkpoint_id };
    expect(await call("POST", `/threads/${ID}/state`, update)).toMatchObject({ status: 404, json });
  });
});

describe("POST /threads/{id}/state", () => {
  test("answers with the new place, and bumps both times", async () => {
    const { call, create } = await openDoor();
    const made = await create({ thread_id: ID });
    const { status, json } = await call("POST", `/threads/${ID}/state`, { values: { a: 1 } });
    const { checkpoint_id } = json as { checkpoint_id: string };
    const place = { thread_id: ID, checkpoint_ns: "", checkpoint_id, checkpoint_map: null };
    expect([status, json]).toEqual([200, { checkpoint: place, configurable: place, checkpoint_id }]);
    const time = "2026-08-20T00:00:02.250000Z";
    const now = { values: { a: 1 }, updated_at: time, state_updated_at: time };
    expect((await call("GET", `/threads/${ID}`)).json).toEqual({ ...made, ...now });
  });

  test("keeps other keys; messages are added, replaced and removed by id", async () => {
    const { call, create } = await openDoor();
    await create({ thread_id: ID });
    const update = (values: unknown) => call("POST", `/threads/${ID}/state`, { values });
    await update({ a: { x: 1 }, b: 1, messages: [{ id: "1", t: 1 }, { id: "2" }] });
    await update({ a: { y: 1 }, messages: [{ id: "1", t: 2 }, { id: "3" }, { type: "remove", id: "2" }] });
    expect((await call("GET", `/threads/${ID}/state`)).json).toMatchObject({
      values: { a: { y: 1 }, b: 1, messages: [{ id: "1", t: 2 }, { id: "3" }] },
    });
  });

  test("takes a list of updates, and none at all", async () => {
    const { call, ids } = await withStates(1);
    await call("POST", `/threads/${ID}/state`, { values: [{ n: 2 }, { m: 1 }, { m: 2 }] });
    const { status } = await call("POST", `/threads/${ID}/state`, { values: null, as_node: "resume" });
    expect(status).toBe(200);
    const { json } = await call("GET", `/threads/${ID}/history`);
    expect(json).toMatchObject([
      { values: { n: 2, m: 2 } },
      { values: { n: 2, m: 2 } },
      { values: { n: 1 } },
    ]);
    expect(json).toHaveProperty("2.checkpoint.checkpoint_id", ids[0]);
  });

  test("follows the checkpoint it names, and becomes the latest", async () => {
    const { call, ids } = await withStates(2);
    const checkpoint = { checkpoint_id: ids[0], checkpoint_ns: "", thread_id: ID };
    await call("POST", `/threads/${ID}/state`, { values: { m: 1 }, checkpoint });
    expect((await call("GET", `/threads/${ID}/state`)).json).toMatchObject({
      values: { n: 1, m: 1 },
      parent_checkpoint: { checkpoint_id: ids[0] },
    });
    await call("POST", `/threads/${ID}/state`, { values: { m: 2 }, checkpoint_id: ids[1], checkpoint: {} });
    expect((await call("GET", `/threads/${ID}`)).json).toMatchObject({ values: { n: 2, m: 2 } });
  });

  test("refuses a removal without an id, and two different places", async () => {
    const { call, ids } = await withStates(2);
    const removal = { values: { messages: [{ type: "remove" }] } };
    expect(await call("POST", `/threads/${ID}/state`, removal)).toMatchObject({ status: 422 });
    const places = { values: {}, checkpoint_id: ids[0], checkpoint: { checkpoint_id: ids[1] } };
    expect(await call("POST", `/threads/${ID}/state`, places)).toMatchObject({
      status: 422,
      json: { detail: `checkpoint_id: is "${ids[0]}", but checkpoint names "${ids[1]}"` },
    });
  });
});

describe("the history", () => {
  test("is the newest ten, by GET and POST", async () => {
    const { call, history } = await withStates(12);
    expect(await history()).toEqual([12, 11, 10, 9, 8, 7, 6, 5, 4, 3]);
    expect((await call("GET", `/threads/${ID}/history`)).json).toHaveLength(10);
    expect((await call("GET", `/threads/${ID}/history?limit=12`)).json).toHaveLength(12);
    expect(await history({ limit: 3 })).toEqual([12, 11, 10]);
  });

  test("goes on before a state, which is named four ways", async () => {
    const { call, history, ids } = await withStates(4);
    const checkpoint_id = ids[2];
    expect(await history({ before: checkpoint_id })).toEqual([2, 1]);
    expect(await history({ before: { checkpoint_id, thread_id: ID, checkpoint_map: null } })).toEqual([2, 1]);
    expect(await history({ before: { configurable: { checkpoint_id, thread_id: ID } } })).toEqual([2, 1]);
    expect(await history({ before: {} })).toEqual([4, 3, 2, 1]);
    const { json } = await call(
      "GET",
      `/threads/${ID}/history?before=${checkpoint_id?.toUpperCase()}&limit=1`,
    );
    expect(json).toMatchObject([{ values: { n: 2 } }]);
  });

  test("begins with a checkpoint, and is filtered by metadata", async () => {
    const { history, ids } = await withStates(4);
    expect(await history({ checkpoint: { checkpoint_id: ids[1] } })).toEqual([2, 1]);
    expect(await history({ checkpoint: { checkpoint_ns: "" } })).toEqual([4, 3, 2, 1]);
    expect(await history({ metadata: { as_node: "node-3" } })).toEqual([3]);
    expect(await history({ metadata: {} })).toEqual([4, 3, 2, 1]);
  });

  test("of a thread without a state is empty", async () => {
    const { call, create } = await openDoor();
    await create({ thread_id: ID });
    expect((await call("GET", `/threads/${ID}/history`)).text).toBe("[]");
  });

  test("of updates at once is one line", async () => {
    const { call, history } = await withStates(1);
    await Promise.all([2, 3, 4, 5].map((n) => call("POST", `/threads/${ID}/state`, { values: { n } })));
    expect((await history()).toSorted()).toEqual([1, 2, 3, 4, 5]);
    const states = (await call("GET", `/threads/${ID}/history`)).json as (State & {
      parent_checkpoint: unknown;
    })[];
    expect(states.map(({ parent_checkpoint }) => parent_checkpoint)).toEqual([
      ...states.slice(1).map(({ checkpoint }) => checkpoint),
      null,
    ]);
  });
});
