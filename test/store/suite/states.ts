import { expect } from "vitest";
import type { Store } from "../../../src/store/store.ts";
import { NOW } from "../builders.ts";
import { readStates } from "../reading.ts";
import { draft, historyQuery, key, state, stateQuery, uuid } from "../record-builders.ts";
import type { DefineTest } from "./describe-store.ts";

const LATER = NOW + 1_000;

/** The states of a thread and their history. */
export function stateTests(test: DefineTest): void {
  test("a thread without a state has none", async ({ store }) => {
    await store.createThread(draft());
    expect(await store.getState(stateQuery())).toBeNull();
    expect(await readStates(store, historyQuery())).toEqual([]);
  });

  test("a state is a step after the one before it, and the thread shows the latest", async ({ store }) => {
    await store.createThread(draft());
    const first = await store.setState(state(['{"a":1}'], { asNode: "agent", next: ["tool"], now: LATER }));
    expect(first).toEqual({
      checkpointId: uuid(1),
      parentId: null,
      createdAt: LATER,
      values: '{"a":1}',
      next: ["tool"],
      tasks: "[]",
      interrupts: "{}",
      metadata: '{"source":"update","step":0,"parents":{},"as_node":"agent"}',
    });
    const second = await store.setState(
      state(['{"b":2.50}'], {
        checkpointId: uuid(2),
        status: "interrupted",
        interrupts: '{"i":[]}',
        now: LATER,
      }),
    );
    expect(second).toMatchObject({ parentId: uuid(1), values: '{"a":1,"b":2.50}', next: ["tool"] });
    expect(JSON.parse(second.metadata)).toMatchObject({ step: 1 });
    expect(await store.getThread(key())).toMatchObject({
      values: second.values,
      interrupts: '{"i":[]}',
      status: "interrupted",
      createdAt: NOW,
      updatedAt: LATER,
      stateUpdatedAt: LATER,
    });
    expect(await store.getState(stateQuery())).toEqual(second);
    expect(await store.getState(stateQuery({ checkpointId: uuid(1) }))).toEqual(first);
    expect(await readStates(store, historyQuery())).toEqual([second, first]);
  });

  test("values change by the update rule, each update after the one before it", async ({ store }) => {
    await store.createThread(draft());
    const message = (id: string, text: string) => `{"messages":[{"id":"${id}","content":"${text}"}]}`;
    await store.setState(state([message("1", "old"), message("2", "stays")]));
    const { values } = await store.setState(
      state([message("1", "new"), '{"messages":[{"id":"2","type":"remove"}]}', '{"x":9007199254740993}']),
    );
    expect(values).toBe('{"messages":[{"id":"1","content":"new"}],"x":9007199254740993}');
  });

  test("an update of nothing is a state too", async ({ store }) => {
    await store.createThread(draft());
    expect(await store.setState(state([]))).toMatchObject({ values: "{}" });
    await store.setState(state(['{"a":1}']));
    expect(await store.setState(state([]))).toMatchObject({ values: '{"a":1}' });
    expect(await readStates(store, historyQuery())).toHaveLength(3);
  });

  test("a state can follow an earlier one, and is the latest then", async ({ store }) => {
    await store.createThread(draft());
    for (const i of [1, 2]) await store.setState(state([`{"k${i}":1}`], { checkpointId: uuid(i) }));
    const fork = await store.setState(state(['{"fork":1}'], { checkpointId: uuid(3), baseId: uuid(1) }));
    expect(fork).toMatchObject({ parentId: uuid(1), values: '{"k1":1,"fork":1}' });
    expect(await store.getState(stateQuery())).toEqual(fork);
    const next = await store.setState(state(['{"after":1}'], { checkpointId: uuid(4) }));
    expect(next).toMatchObject({ parentId: uuid(3) });
  });

  test("a base or checkpoint must be the thread's", async ({ store }) => {
    const missing = { name: "NotFoundError", message: `Checkpoint with ID ${uuid(1)} not found` };
    await store.createThread(draft({ threadId: "other" }));
    await store.createThread(draft());
    await store.setState(state(["{}"], { threadId: "other" }));
    await expect(store.setState(state(["{}"], { baseId: uuid(1) }))).rejects.toMatchObject(missing);
    await expect(store.getState(stateQuery({ checkpointId: uuid(1) }))).rejects.toMatchObject(missing);
  });

  test("ids grow along a history, whatever the candidates are", async ({ store }) => {
    await store.createThread(draft());
    for (const i of [5, 5, 3, 9]) await store.setState(state([], { checkpointId: uuid(i) }));
    const ids = (await readStates(store, historyQuery())).map(({ checkpointId }) => checkpointId);
    expect(ids).toEqual([uuid(9), uuid(7), uuid(6), uuid(5)]);
  });

  test("states that come at once form one history, and none is lost", async ({ store }) => {
    await store.createThread(draft());
    const updates = Array.from({ length: 50 }, (_, i) => ({ messages: [{ id: `${i}` }], [`k${i}`]: i }));
    await Promise.all(updates.map((update) => store.setState(state([JSON.stringify(update)]))));
    const states = await readStates(store, historyQuery());
    expect(states.map(({ parentId }) => parentId)).toEqual([
      ...states.slice(1).map(({ checkpointId }) => checkpointId),
      null,
    ]);
    const values = JSON.parse(states[0]!.values);
    expect(Object.keys(values)).toHaveLength(51);
    expect(values.messages).toHaveLength(50);
  });

  test("history is paged by limit, before and from, and filtered by metadata", async ({ store }) => {
    await writeStates(store, 5);
    const ids = async (given: Parameters<typeof historyQuery>[0]) =>
      (await readStates(store, historyQuery(given))).map(({ checkpointId }) => checkpointId);
    expect(await ids({ limit: 2 })).toEqual([uuid(5), uuid(4)]);
    expect(await ids({ limit: 2, before: uuid(4) })).toEqual([uuid(3), uuid(2)]);
    expect(await ids({ from: uuid(2) })).toEqual([uuid(2), uuid(1)]);
    expect(await ids({ before: uuid(1) })).toEqual([]);
    expect(await ids({ metadata: '{"as_node":"odd"}', limit: 2 })).toEqual([uuid(5), uuid(3)]);
    expect(await ids({ metadata: '{"step":1}' })).toEqual([uuid(2)]);
    expect(await ids({ limit: 0 })).toEqual([]);
  });

  test("a long history, and one of big states, comes in batches of bounded size", async ({ store }) => {
    await writeStates(store, 250);
    const batches = await Array.fromAsync(store.listStates(historyQuery()));
    expect(Math.max(...batches.map((batch) => batch.length))).toBeLessThanOrEqual(250);
    expect(batches.flat().map(({ checkpointId }) => checkpointId)).toEqual(
      Array.from({ length: 250 }, (_, i) => uuid(250 - i)),
    );
    const big = JSON.stringify({ text: "x".repeat(700_000) });
    for (const i of [251, 252]) await store.setState(state([big], { checkpointId: uuid(i) }));
    const latest = await readStates(store, historyQuery({ limit: 2 }));
    expect(latest.map(({ values }) => JSON.parse(values).text.length)).toEqual([700_000, 700_000]);
  });
}

async function writeStates(store: Store, count: number): Promise<void> {
  await store.createThread(draft());
  for (let i = 1; i <= count; i += 1) {
    await store.setState(state([`{"i":${i}}`], { checkpointId: uuid(i), asNode: i % 2 ? "odd" : "even" }));
  }
}
