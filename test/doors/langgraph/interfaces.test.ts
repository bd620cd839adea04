import { expect, test } from "vitest";
import { openDoor } from "./open.ts";

/** A store with three conversations, the last of which is changed first. */
async function conversations() {
  const door = await openDoor();
  for (const [graph_id, text] of [
    ["agent", "Hello"],
    ["agent", "Weather?"],
    ["other", "Bye"],
  ]) {
    const { thread_id } = await door.create({ metadata: { graph_id } });
    const messages = [{ id: "m1", type: "human", content: text }];
    await door.call("POST", `/threads/${thread_id}/state`, { values: { messages } });
  }
  return door;
}

test("a chat's side bar: the threads of a graph, titles from their first messages", async () => {
  const { call } = await conversations();
  const { json } = await call("POST", "/threads/search", { metadata: { graph_id: "agent" }, limit: 100 });
  const threads = json as { values: { messages: { content: string }[] } }[];
  expect(threads.map(({ values }) => values.messages[0]?.content)).toEqual(["Weather?", "Hello"]);
});

test.each([
  [{}, 3],
  [{ status: "idle" }, 3],
  [{ status: "interrupted" }, 0],
])("an inbox: the latest twenty, by status if it says so: %j", async (status, count) => {
  const { call, create } = await conversations();
  const query = { limit: 20, sort_by: "updated_at", sort_order: "desc", offset: 0, ...status };
  const { json, headers } = await call("POST", "/threads/search", query);
  expect(json).toHaveLength(count);
  expect(headers.get("x-pagination-total")).toBe(String(count));
  const first = await create();
  if (count > 0) expect((await call("POST", "/threads/search", query)).json).toHaveProperty("0", first);
});

test("a list that asks every five seconds: four fields of the latest fifty", async () => {
  const { call } = await conversations();
  const query = {
    limit: 50,
    sort_by: "updated_at",
    select: ["thread_id", "updated_at", "values", "metadata"],
  };
  const { json } = await call("POST", "/threads/search", query);
  const threads = json as { updated_at: string }[];
  expect(Object.keys(threads[0]!).toSorted()).toEqual(["metadata", "thread_id", "updated_at", "values"]);
  const times = threads.map(({ updated_at }) => updated_at);
  expect(times).toEqual(times.toSorted().reverse());
  expect((await call("POST", "/threads/search", query)).json).toEqual(json);
});

test("a connection check: GET /info first", async () => {
  const { call } = await conversations();
  expect((await call("GET", "/info", undefined, { "x-api-key": "" })).status).toBe(200);
});
