import { expect, test } from "vitest";
import { MAX_PRUNED_THREADS } from "../../../src/model/threads/thread-record.ts";
import { ID, openDoor } from "./open.ts";

test("paths that take POST alone are no threads", async () => {
  const { call } = await openDoor();
  for (const path of ["/threads/search", "/threads/count", "/threads/prune"]) {
    for (const method of ["GET", "PATCH", "DELETE", "PUT"]) {
      const { status, json } = await call(method, path);
      expect({ status, json }).toEqual({ status: 405, json: { detail: "Method Not Allowed" } });
    }
  }
});

test("so many threads are pruned at once, and not one more", async () => {
  const { call, create } = await openDoor();
  await create({ thread_id: ID });
  const most = Array<string>(MAX_PRUNED_THREADS).fill(ID);
  expect((await call("POST", "/threads/prune", { thread_ids: most })).json).toEqual({ pruned_count: 1 });
  expect(await call("POST", "/threads/prune", { thread_ids: [...most, ID] })).toMatchObject({
    status: 422,
    json: { detail: "thread_ids: are 10001, at most 10000 are allowed" },
  });
});
