import { describe, expect, test } from "vitest";
import {
  canCopyTo,
  changedByClient,
  creationOf,
  madeByClient,
} from "../../src/model/threads/client-changes.ts";

const ofSpans = { madeAt: null };
const ofClient = { madeAt: 0 };

describe("creating a thread", () => {
  test("makes one where there is none, or where spans alone have made it", () => {
    for (const ifExists of ["raise", "do_nothing"] as const) {
      expect(creationOf(null, ifExists)).toBe("create");
      expect(creationOf(ofSpans, ifExists)).toBe("create");
    }
    expect(madeByClient(7)).toEqual({ madeAt: 7, changedAt: 7, status: "idle" });
  });

  test("leaves one alone that a client has made", () => {
    expect(creationOf(ofClient, "raise")).toBe("refuse");
    expect(creationOf(ofClient, "do_nothing")).toBe("answer");
  });
});

test("a thread is copied to where it could be created, and never onto itself", () => {
  expect(canCopyTo(null, false)).toBe(true);
  expect(canCopyTo(ofSpans, false)).toBe(true);
  expect(canCopyTo(ofClient, false)).toBe(false);
  expect(canCopyTo(ofSpans, true)).toBe(false);
});

describe("changing a thread", () => {
  const ofSpans = { madeAt: null, changedAt: null, stateChangedAt: null, createdAt: 10 };

  test("makes it the client's, as old as it was", () => {
    const made = { madeAt: 10, changedAt: 30, stateChangedAt: null };
    expect(changedByClient(ofSpans, 30, false)).toEqual(made);
    expect(changedByClient({ ...made, madeAt: 0, createdAt: 0 }, 40, false)).toMatchObject({
      madeAt: 0,
      changedAt: 40,
    });
  });

  test("moves the time of the state too where it gives it one, and no time moves back", () => {
    const once = changedByClient(ofSpans, 50, true);
    expect(once).toEqual({ madeAt: 10, changedAt: 50, stateChangedAt: 50 });
    expect(changedByClient({ ...once, createdAt: 10 }, 45, true)).toEqual(once);
    expect(changedByClient({ ...once, createdAt: 10 }, 60, false).stateChangedAt).toBe(50);
  });
});
