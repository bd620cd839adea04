import { describe, expect, test } from "vitest";
import {
  canCopyTo,
  changedByClient,
  creationOf,
  latest,
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
  test("makes it the client's, as old as it was", () => {
    const made = changedByClient({ madeAt: null, changedAt: null, createdAt: 3 }, 9);
    expect(made).toEqual({ madeAt: 3, changedAt: 9 });
    const kept = changedByClient({ madeAt: 0, changedAt: 5, createdAt: 0 }, 9);
    expect(kept).toEqual({ madeAt: 0, changedAt: 9 });
  });

  test("never moves a time back", () => {
    expect(changedByClient({ madeAt: 1, changedAt: 9, createdAt: 1 }, 4).changedAt).toBe(9);
    expect([latest(null, 4), latest(9, 4), latest(2, 4)]).toEqual([4, 9, 4]);
  });
});
