import { describe, expect, it } from "vitest";
import { type EdgeTurn, followEdge, NO_EDGE, STALE } from "../../src/model/transcripts/edge-turn.ts";

const edge: EdgeTurn<string> = { turn: { id: 1, startedAt: 50 }, value: "one" };

describe("the last turn that has something", () => {
  it.each([
    ["the first one to come", NO_EDGE, { before: null, after: 10 }, { id: 2, startedAt: 10 }],
    ["a later one", edge, { before: null, after: 60 }, { id: 2, startedAt: 60 }],
    ["one that moves past it", edge, { before: 10, after: 60 }, { id: 2, startedAt: 60 }],
  ])("is %s", (_, from, change, turn) => {
    const next = followEdge<string>(from, "last", { id: 2, value: "two", ...change });
    expect(next).toEqual({ turn, value: "two" });
  });

  it.each([
    ["an earlier one comes", { before: null, after: 40 }],
    ["an earlier one goes", { before: 40, after: null }],
    ["another never had it", { before: null, after: null }],
  ])("stays when %s", (_, change) => {
    expect(followEdge(edge, "last", { id: 2, value: "two", ...change })).toEqual(edge);
  });

  it.each([
    ["it goes", { id: 1, before: 50, after: null }],
    ["it moves", { id: 1, before: 50, after: 60 }],
    ["another starts with it", { id: 2, before: null, after: 50 }],
    ["another that started with it goes", { id: 2, before: 50, after: null }],
    ["what it has is not known", { id: 1, before: 50, after: 50, value: null }],
  ])("is stale when %s, and stays so", (_, change) => {
    const next = followEdge<string>(edge, "last", { value: "two", ...change });
    expect(next).toBe(STALE);
    expect(followEdge(next, "last", { id: 3, before: null, after: 90, value: "three" })).toBe(STALE);
  });

  it("has something else when it changes where it is", () => {
    const change = { id: 1, before: 50, after: 50, value: "new" };
    expect(followEdge(edge, "last", change)).toEqual({ ...edge, value: "new" });
  });
});

it("the first turn leads the other way round", () => {
  const change = { id: 2, before: null, value: "two" };
  expect(followEdge(edge, "first", { ...change, after: 60 })).toBe(edge);
  expect(followEdge(edge, "first", { ...change, after: 40 })).toEqual({
    turn: { id: 2, startedAt: 40 },
    value: "two",
  });
});
