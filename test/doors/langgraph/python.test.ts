import { beforeAll, expect, test } from "vitest";
import { PYTHON_SETUP_MS, python, pythonOrSkip } from "../../python/python.ts";
import { openDoor } from "./open.ts";

beforeAll(() => python(), PYTHON_SETUP_MS);

test("what Python's SDK sends is answered", async ({ skip }) => {
  const { run } = await pythonOrSkip(skip);
  const { url } = await openDoor();
  const answers = JSON.parse(await run("langgraph_client.py", [url])) as Record<string, [number, unknown]>;
  const statuses = Object.fromEntries(Object.entries(answers).map(([name, [status]]) => [name, status]));
  const fine = Object.fromEntries(Object.keys(answers).map((name) => [name, 200]));
  expect(statuses).toEqual({ ...fine, "create again": 409, delete: 204, "get deleted": 404 });
  const values = (name: string) => answers[name]![1];
  const ttl = { strategy: "delete", ttl_minutes: 5 };
  expect(values("get")).toMatchObject({ metadata: { user: "é" }, ttl });
  expect(values("update")).toMatchObject({ metadata: { user: "é", n: 1 } });
  expect(values("get state")).toMatchObject({ values: { a: 1 }, metadata: { as_node: "agent" } });
  expect(values("get state by id")).toEqual(values("get state"));
  expect(values("get state at")).toEqual(values("get state"));
  expect(values("history")).toEqual([values("get state")]);
  expect(values("history before")).toEqual([]);
  expect(values("copy")).toMatchObject({ metadata: { user: "é", n: 1 }, values: { a: 1 } });
  expect(values("search")).toHaveLength(2);
  expect(values("count")).toBe(2);
  expect(values("prune")).toEqual({ pruned_count: 1 });
}, 60_000);
