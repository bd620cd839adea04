import { describe, expect, it } from "vitest";
import { followLead, NO_LEAD, type TurnLead } from "../../src/model/transcripts/turn-lead.ts";

const lead: TurnLead<string> = { turn: { id: 1, startedAt: 50 }, value: "one", lost: false };

describe("the last turn that has something", () => {
  it.each([
    ["the first one to come", NO_LEAD, { before: null, after: 10 }, { id: 2, startedAt: 10 }],
    ["a later one", lead, { before: null, after: 60 }, { id: 2, startedAt: 60 }],
    ["one that moves past it", lead, { before: 10, after: 60 }, { id: 2, startedAt: 60 }],
  ])("is %s", (_, from, change, turn) => {
    const next = followLead<string>(from, "last", { id: 2, value: "two", ...change });
    expect(next).toEqual({ turn, value: "two", lost: false });
  });

  it.each([
    ["an earlier one comes", { before: null, after: 40 }],
    ["an earlier one goes", { before: 40, after: null }],
    ["another never had it", { before: null, after: null }],
  ])("stays when %s", (_, change) => {
    expect(followLead(lead, "last", { id: 2, value: "two", ...change })).toEqual(lead);
  });

  it.each([
    ["it goes", { id: 1, before: 50, after: null }],
    ["it moves", { id: 1, before: 50, after: 60 }],
    ["another starts with it", { id: 2, before: null, after: 50 }],
    ["another that started with it goes", { id: 2, before: 50, after: null }],
    ["what it has is not known", { id: 1, before: 50, after: 50, value: null }],
  ])("is lost when %s, and stays so", (_, change) => {
    const next = followLead<string>(lead, "last", { value: "two", ...change });
    expect(next.lost).toBe(true);
    expect(followLead(next, "last", { id: 3, before: null, after: 90, value: "three" })).toBe(next);
  });

  it("has something else when it changes where it is", () => {
    const change = { id: 1, before: 50, after: 50, value: "new" };
    expect(followLead(lead, "last", change)).toEqual({ ...lead, value: "new" });
  });
});

it("the first turn leads the other way round", () => {
  const change = { id: 2, before: null, value: "two" };
  expect(followLead(lead, "first", { ...change, after: 60 })).toBe(lead);
  expect(followLead(lead, "first", { ...change, after: 40 }).turn).toEqual({ id: 2, startedAt: 40 });
});
