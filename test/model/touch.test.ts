import { expect, test } from "vitest";
import { touchedByFeedback, touchedBySpans } from "../../src/model/threads/touch.ts";
import { span } from "../store/builders.ts";

test("spans touch the threads they claim and their traces, of each project apart", () => {
  const spans = [
    span({ projectId: "one", traceId: "a", thread: "x" }),
    span({ projectId: "one", traceId: "a" }),
    span({ projectId: "one", traceId: "b", thread: "x" }),
    span({ projectId: "two", traceId: "a", thread: "y" }),
  ];
  expect([...touchedBySpans(spans)]).toEqual([
    ["one", { threadIds: ["x"], traceIds: ["a", "b"] }],
    ["two", { threadIds: ["y"], traceIds: ["a"] }],
  ]);
});

test("feedback touches the conversation it is on, and nothing by a span or a turn", () => {
  expect(touchedByFeedback({ kind: "conversation", id: "x" })).toEqual({ threadIds: ["x"], traceIds: [] });
  for (const kind of ["span", "turn", "call"]) {
    expect(touchedByFeedback({ kind, id: "x" })).toEqual({ threadIds: [], traceIds: [] });
  }
});
