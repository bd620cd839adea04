import { Client as Client1 } from "langgraph-sdk-1";
import { Client as Client2 } from "langgraph-sdk-2";
import { describe, expect, onTestFinished, test } from "vitest";
import { StoreUnavailableError } from "../../../src/store/errors.ts";
import { createNaiveStore } from "../../store/naive-store.ts";
import { openTemporaryStore } from "../../store/temporary-store.ts";
import { ID, openDoor } from "./open.ts";

interface CallerOptions {
  maxRetries?: number;
  fetch?: typeof fetch;
}

const clients = {
  "1.15.0": (apiUrl: string, callerOptions: CallerOptions = {}) => new Client1({ apiUrl, callerOptions }),
  "2.0.0": (apiUrl: string, callerOptions: CallerOptions = {}) => new Client2({ apiUrl, callerOptions }),
};

describe.each(Object.entries(clients))("LangGraph's SDK %s", (_version, connect) => {
  async function open() {
    const temporary = await openTemporaryStore();
    onTestFinished(() => temporary.close());
    const { url } = await openDoor(temporary.store);
    return { url, threads: connect(url).threads };
  }

  test("creates, gets, updates, copies and deletes threads", async () => {
    const { threads } = await open();
    const made = await threads.create({ threadId: ID, metadata: { user: "é" }, graphId: "agent", ttl: 5 });
    expect(made).toMatchObject({ thread_id: ID, metadata: { user: "é", graph_id: "agent" }, values: null });
    expect(await threads.create({ threadId: ID, ifExists: "do_nothing" })).toEqual(made);
    expect(await threads.get(ID)).toEqual(made);
    const updated = await threads.update(ID, { metadata: { n: 1 }, ttl: { ttl: 9, strategy: "delete" } });
    expect(updated).toMatchObject({ metadata: { user: "é", graph_id: "agent", n: 1 } });
    const copy = (await threads.copy(ID)) as unknown as { thread_id: string };
    expect(await threads.get(copy.thread_id)).toMatchObject({ metadata: { n: 1 } });
    await threads.delete(ID);
    await expect(threads.get(ID)).rejects.toMatchObject({ status: 404 });
    expect(await threads.count()).toBe(1);
  });

  test("searches and counts", async () => {
    const { threads } = await open();
    for (const n of [1, 2, 3]) await threads.create({ metadata: { n, list: [n, { n }] } });
    expect(await threads.count({ metadata: { list: [{ n: 2 }] } })).toBe(1);
    expect(await threads.search({ metadata: { n: 2 } })).toMatchObject([{ metadata: { n: 2 } }]);
    const page = { limit: 1, offset: 1, sortBy: "updated_at", sortOrder: "asc", status: "idle" } as const;
    const [found] = await threads.search({ ...page, select: ["metadata", "thread_id"] });
    expect(found).toEqual({ thread_id: expect.any(String), metadata: { n: 2, list: [2, { n: 2 }] } });
    expect(await threads.search({ ids: [found!.thread_id] })).toHaveLength(1);
    expect(await threads.search({ values: { n: 2 } })).toEqual([]);
    expect(await threads.search()).toHaveLength(3);
  });

  test("begins with supersteps, updates and reads states and their history", async () => {
    const { threads } = await open();
    const supersteps = [{ updates: [{ values: { messages: [{ id: "1" }] }, asNode: "__input__" }] }];
    await threads.create({ threadId: ID, supersteps });
    const first = await threads.getState(ID);
    expect(first.values).toEqual({ messages: [{ id: "1" }] });
    const config = await threads.updateState(ID, { values: { messages: [{ id: "2" }] }, asNode: "agent" });
    expect(config.configurable).toMatchObject({ thread_id: ID });
    const latest = await threads.getState<{ messages: unknown[] }>(ID);
    expect(latest.values.messages).toHaveLength(2);
    expect(latest.parent_checkpoint).toEqual(first.checkpoint);
    expect(await threads.getState(ID, first.checkpoint)).toEqual(first);
    expect(await threads.getState(ID, first.checkpoint.checkpoint_id!, { subgraphs: true })).toEqual(first);
    await threads.updateState(ID, { values: { side: true }, checkpoint: first.checkpoint });
    expect(await threads.getHistory(ID)).toHaveLength(3);
    expect(await threads.getHistory(ID, { limit: 1 })).toMatchObject([{ values: { side: true } }]);
    const before = { configurable: { ...latest.checkpoint } };
    expect(await threads.getHistory(ID, { before: before as never })).toEqual([first]);
    expect(await threads.getHistory(ID, { metadata: { as_node: "agent" } })).toEqual([latest]);
    await threads.updateState(ID, { values: null, asNode: "resume" });
    expect(await threads.getHistory(ID, { checkpoint: { checkpoint_ns: "" } })).toHaveLength(4);
  });

  test("speaks to a project by the URL", async () => {
    const { url } = await open();
    const { threads } = connect(`${url}/p/acme/bot`);
    await threads.create({ threadId: ID });
    expect(await threads.count()).toBe(1);
    expect(await connect(url).threads.count()).toBe(0);
  });

  test("raises our reasons, and does not ask again", async () => {
    const { url } = await open();
    let requests = 0;
    const counting: typeof fetch = (...request) => {
      requests += 1;
      return fetch(...request);
    };
    const { threads } = connect(url, { fetch: counting });
    await threads.create({ threadId: ID });
    const raised = async (answer: Promise<unknown>) => {
      const { status, text } = (await answer.then(Promise.reject, (error) => error)) as Record<
        string,
        string
      >;
      return [status, JSON.parse(text!).detail];
    };
    expect(await raised(threads.create({ threadId: ID }))).toEqual([
      409,
      `Thread with ID ${ID} already exists`,
    ]);
    expect(await raised(threads.get("mine"))).toEqual([422, "thread_id: must be a UUID"]);
    expect(await raised(threads.search({ limit: 0 }))).toEqual([422, expect.stringContaining("limit: must")]);
    expect(await raised(threads.getState(ID, "none"))).toEqual([404, "Checkpoint with ID none not found"]);
    expect(await raised(threads.patchState(ID, { a: 1 }))).toEqual([405, "Method Not Allowed"]);
    expect(await raised(threads.joinStream(ID).next())).toEqual([404, "Not Found"]);
    expect(requests).toBe(7);
  });

  test("asks again when the store was away", async () => {
    const store = createNaiveStore();
    const { getThread } = store;
    let times = 0;
    store.getThread = async (key) => {
      times += 1;
      if (times === 1) throw new StoreUnavailableError("the disk is away");
      return getThread(key);
    };
    const { url } = await openDoor(store);
    const { threads } = connect(url, { maxRetries: 1 });
    await threads.create({ threadId: ID });
    expect(await threads.get(ID)).toMatchObject({ thread_id: ID });
    expect(times).toBe(2);
  });
});

test("1.15.0 selects parts of states", async () => {
  const { url, call } = await openDoor();
  const { threads } = clients["1.15.0"](url);
  await threads.create({ threadId: ID });
  expect(await threads.getState(ID, undefined, { select: ["next", "values.a"] })).toEqual({
    values: {},
    next: [],
  });
  await threads.updateState(ID, { values: { a: 1, b: 2, "c.d": 3 } });
  const { checkpoint } = await threads.getState(ID);
  for (const place of [undefined, checkpoint, checkpoint.checkpoint_id!]) {
    expect(await threads.getState(ID, place, { select: ["values.a", "values.c.d", "values.none"] })).toEqual({
      values: { a: 1, "c.d": 3 },
    });
    expect(await threads.getState(ID, place, { select: ["values", "values.a", "checkpoint"] })).toEqual({
      values: { a: 1, b: 2, "c.d": 3 },
      checkpoint,
    });
  }
  expect(await threads.getHistory(ID, { select: ["values.b"] })).toEqual([{ values: { b: 2 } }]);
  const history = `/threads/${ID}/history`;
  for (const select of ["next,values.b", "next&select=values.b", '["next","values.b"]']) {
    expect((await call("GET", `${history}?select=${select}`)).json).toEqual([{ values: { b: 2 }, next: [] }]);
  }
  await expect(threads.getState(ID, undefined, { select: ["nothing" as never] })).rejects.toMatchObject({
    status: 422,
  });
  await expect(threads.getHistory(ID, { select: ["nothing" as never] })).rejects.toMatchObject({
    status: 422,
  });
  expect(await call("GET", `/threads/${ID}/state?select=[1]`)).toMatchObject({ status: 422 });
});

test("what only 1.15.0 can ask: TTLs, extracts, pruning, minimal answers", async () => {
  const { url } = await openDoor();
  const { threads } = clients["1.15.0"](url);
  await threads.create({ threadId: ID, metadata: { a: { b: 1 } }, ttl: 5 });
  const withTtl = await threads.get(ID, { include: ["ttl"] });
  expect(withTtl).toMatchObject({ ttl: { strategy: "delete", ttl_minutes: 5 } });
  const extract = { b: "metadata.a.b", none: "values.x" };
  expect(await threads.search({ extract })).toMatchObject([{ extracted: { b: 1, none: null } }]);
  expect(await threads.update(ID, { metadata: { c: 1 }, returnMinimal: true })).toBeUndefined();
  expect(await threads.prune([ID], { strategy: "keep_latest" })).toEqual({ pruned_count: 1 });
  expect(await threads.prune([ID])).toEqual({ pruned_count: 1 });
  expect(await threads.search()).toEqual([]);
});
