import { expect, test } from "vitest";
import { isRecord, recordTimes, type SaidTimes } from "../../src/model/threads/times.ts";

const NOTHING: SaidTimes = {
  madeAt: null,
  changedAt: null,
  stateChangedAt: null,
  startTime: null,
  lastUpdated: null,
};

function times(said: Partial<SaidTimes>, firstSpan?: number) {
  const { createdAt, updatedAt, stateUpdatedAt } = recordTimes({ ...NOTHING, ...said }, () => {
    if (firstSpan === undefined) throw new Error("asked for spans");
    return firstSpan;
  });
  return [createdAt, updatedAt, stateUpdatedAt];
}

test("a thread is a record when a client has made it or spans belong to it", () => {
  expect(isRecord({ madeAt: null, spanCount: 0 })).toBe(false);
  expect(isRecord({ madeAt: 0, spanCount: 0 })).toBe(true);
  expect(isRecord({ madeAt: null, spanCount: 1 })).toBe(true);
});

test("a record is created by its client, else with its first turn, else with its first span", () => {
  expect(times({ madeAt: 5, changedAt: 5, startTime: 3, lastUpdated: 4 })).toEqual([5, 5, 5]);
  expect(times({ startTime: 3, lastUpdated: 3 })).toEqual([3, 3, 3]);
  expect(times({}, 2)).toEqual([2, 2, 2]);
  expect(times({ madeAt: 0, changedAt: 0 })).toEqual([0, 0, 0]);
});

test("it is updated by whichever is later, its client or its last turn", () => {
  expect(times({ madeAt: 1, changedAt: 7, startTime: 2, lastUpdated: 6 })).toEqual([1, 7, 1]);
  expect(times({ madeAt: 1, changedAt: 5, startTime: 2, lastUpdated: 6 })).toEqual([1, 6, 1]);
  expect(times({ startTime: 2, lastUpdated: 6 })).toEqual([2, 6, 2]);
});

test("its state is updated when a client last gave it one", () => {
  expect(times({ madeAt: 1, changedAt: 7, stateChangedAt: 4 })).toEqual([1, 7, 4]);
});
