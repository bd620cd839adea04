import { expect, test } from "vitest";
import { effectiveSort, type ThreadSort } from "../../src/model/threads/thread.ts";

const asc = (field: ThreadSort["field"]): ThreadSort => ({ field, direction: "asc" });
const desc = (field: ThreadSort["field"]): ThreadSort => ({ field, direction: "desc" });

test.each([
  [[], [desc("last_updated")]],
  [[asc("turn_count")], [asc("turn_count")]],
  [
    [asc("turn_count"), desc("turn_count"), desc("start_time")],
    [asc("turn_count"), desc("start_time")],
  ],
  [
    [asc("turn_count"), desc("start_time"), asc("start_time")],
    [asc("turn_count"), desc("start_time"), asc("thread_id")],
  ],
  [
    [asc("turn_count"), desc("thread_id"), asc("start_time")],
    [asc("turn_count"), desc("thread_id")],
  ],
])("%j sorts as %j", (keys, effective) => {
  expect(effectiveSort(keys)).toEqual(effective);
});
