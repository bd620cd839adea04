import { expect, test } from "vitest";
import { cursorAt, THREAD_SORT_FIELDS, type ThreadSummary } from "../../src/model/threads/thread.ts";
import {
  RECORD_SORT_FIELDS,
  recordCursor,
  type ThreadRecord,
} from "../../src/model/threads/thread-record.ts";

test("the place of a thread has its value of every key", () => {
  const row = {
    threadId: "t",
    turnCount: 1,
    startTime: 2,
    lastUpdated: 3,
    p50TurnDurationMs: 4,
    p99TurnDurationMs: null,
  } as ThreadSummary;
  const sort = THREAD_SORT_FIELDS.map((field) => ({ field, direction: "asc" as const }));
  const { values, threadId } = cursorAt(row, sort);
  expect(threadId).toBe("t");
  expect(Object.fromEntries(THREAD_SORT_FIELDS.map((field, index) => [field, values[index]]))).toEqual({
    thread_id: "t",
    turn_count: 1,
    start_time: 2,
    last_updated: 3,
    p50_turn_duration_ms: 4,
    p99_turn_duration_ms: null,
  });
});

test("the place of a record has its value of the key", () => {
  const record = {
    threadId: "t",
    status: "idle",
    createdAt: 1,
    updatedAt: 2,
    stateUpdatedAt: 3,
  } as ThreadRecord;
  const values = RECORD_SORT_FIELDS.map((field) => [field, recordCursor(record, field)]);
  expect(Object.fromEntries(values)).toEqual({
    thread_id: { values: ["t"], threadId: "t" },
    status: { values: ["idle"], threadId: "t" },
    created_at: { values: [1], threadId: "t" },
    updated_at: { values: [2], threadId: "t" },
    state_updated_at: { values: [3], threadId: "t" },
  });
});
