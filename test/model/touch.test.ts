import { expect, it } from "vitest";
import { touchedTimes } from "../../src/model/threads/touch.ts";

const ofSpans = {
  madeAt: null,
  changedAt: null,
  stateChangedAt: null,
  createdAt: 10,
  updatedAt: 40,
  stateUpdatedAt: 10,
  lastUpdated: 40,
};

it("the first write makes a thread a client's, created when its spans began", () => {
  expect(touchedTimes(ofSpans, 30, false)).toEqual({ ...ofSpans, madeAt: 10, changedAt: 30 });
});

it("a thread is updated by its last turn or by the last write, whichever is later", () => {
  expect(touchedTimes(ofSpans, 50, false).updatedAt).toBe(50);
  expect(touchedTimes({ ...ofSpans, lastUpdated: null, updatedAt: 10 }, 30, false).updatedAt).toBe(30);
});

it("a state moves the time of the state too, and no time moves back", () => {
  const once = touchedTimes(ofSpans, 50, true);
  expect(once).toMatchObject({ changedAt: 50, stateChangedAt: 50, stateUpdatedAt: 50 });
  expect(touchedTimes(once, 45, true)).toEqual(once);
});
