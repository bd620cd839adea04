import { describe, expect, test } from "vitest";
import {
  type CountedThread,
  chatCountChanges,
  recordCountChanges,
  totalTokens,
} from "../../src/model/threads/counters.ts";

function counted(given: Partial<CountedThread> = {}): CountedThread {
  const record = { idKind: "uuid" as const, status: "idle" as const };
  return { ...record, projectType: "general", isArchived: false, messages: 2, tokens: 10, ...given };
}

const absent = counted({ idKind: null, messages: 0, tokens: null });

test("the tokens of a thread are those of its messages, else of its spans, else unknown", () => {
  expect(totalTokens({ messageTokens: 0, inputTokens: 2, outputTokens: 3 })).toBe(0);
  expect(totalTokens({ messageTokens: null, inputTokens: 2, outputTokens: 3 })).toBe(5);
  expect(totalTokens({ messageTokens: null, inputTokens: 0, outputTokens: 0 })).toBeNull();
});

describe("the number of records of a kind and status", () => {
  test("grows with a record and shrinks when it goes", () => {
    const one = { idKind: "uuid", status: "idle" };
    expect(recordCountChanges(absent, counted())).toEqual([{ ...one, records: 1 }]);
    expect(recordCountChanges(counted(), absent)).toEqual([{ ...one, records: -1 }]);
  });

  test("follows the status of a record", () => {
    expect(recordCountChanges(counted(), counted({ status: "busy" }))).toEqual([
      { idKind: "uuid", status: "idle", records: -1 },
      { idKind: "uuid", status: "busy", records: 1 },
    ]);
  });

  test("stays for all else, and for what is no record", () => {
    expect(recordCountChanges(counted(), counted({ messages: 9, isArchived: true }))).toEqual([]);
    expect(recordCountChanges(absent, { ...absent, status: "busy" })).toEqual([]);
  });
});

describe("the sums of chats", () => {
  const place = { projectType: "general", isArchived: false };

  test("take in a chat whole, and lose it whole", () => {
    expect(chatCountChanges(absent, counted())).toEqual([
      { ...place, threads: 1, messages: 2, tokens: 10, withTokens: 1 },
    ]);
    expect(chatCountChanges(counted(), absent)).toEqual([
      { ...place, threads: -1, messages: -2, tokens: -10, withTokens: -1 },
    ]);
    expect(chatCountChanges(absent, { ...absent, messages: 3 })).toEqual([]);
  });

  test("change once where a chat stays in its place, and not at all without need", () => {
    expect(chatCountChanges(counted(), counted({ messages: 5, tokens: null }))).toEqual([
      { ...place, threads: 0, messages: 3, tokens: -10, withTokens: -1 },
    ]);
    expect(chatCountChanges(counted({ tokens: null }), counted({ tokens: 0 }))).toEqual([
      { ...place, threads: 0, messages: 0, tokens: 0, withTokens: 1 },
    ]);
    expect(chatCountChanges(counted(), counted({ status: "busy" }))).toEqual([]);
  });

  test("move a chat from one place to another", () => {
    for (const moved of [{ projectType: "support" }, { isArchived: true }]) {
      expect(chatCountChanges(counted(), counted({ ...moved, messages: 3 }))).toEqual([
        { ...place, threads: -1, messages: -2, tokens: -10, withTokens: -1 },
        { ...place, ...moved, threads: 1, messages: 3, tokens: 10, withTokens: 1 },
      ]);
    }
  });
});
