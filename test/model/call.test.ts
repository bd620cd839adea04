import { describe, expect, test } from "vitest";
import {
  type CallChange,
  displayNameOf,
  keyOfChange,
  opShortName,
  spanOfCall,
  spansOfStarts,
} from "../../src/model/calls/call.ts";
import { updateCall } from "../../src/model/calls/call-update.ts";
import { PROJECT } from "../store/builders.ts";
import { end, start } from "../store/call-builders.ts";

const startOf = (given = {}): CallChange => ({ kind: "start", start: start("c", given) });
const endOf = (given = {}): CallChange => ({ kind: "end", end: end("c", given) });
const rename: CallChange = { kind: "rename", projectId: PROJECT, callId: "c", displayName: "renamed" };
const complete: CallChange = { kind: "complete", start: start("c"), end: end("c") };

test("every change says of which call it is", () => {
  for (const change of [startOf(), endOf(), rename, complete]) {
    expect(keyOfChange(change)).toMatchObject({ projectId: PROJECT, callId: "c" });
  }
});

describe("what changes make of a call", () => {
  test("halves and a name come in any order; each replaces what came of its kind before", () => {
    const orders = [
      [startOf({ opName: "old" }), endOf(), rename, startOf()],
      [rename, endOf({ failed: true }), complete],
    ];
    for (const changes of orders) {
      const { parts, came, span } = updateCall(null, changes);
      expect(parts).toMatchObject({ start: start("c"), end: end("c"), givenName: "renamed" });
      expect(came).toEqual({ start: start("c").json, end: end("c").json });
      expect(span).toMatchObject({ spanId: "c", name: "renamed", status: "OK" });
    }
  });

  test("without a start there is no span, and no document of what did not come", () => {
    expect(updateCall(null, [endOf()])).toMatchObject({
      came: { start: null, end: end("c").json },
      span: null,
      leaves: null,
    });
    expect(updateCall(null, [rename]).came).toEqual({ start: null, end: null });
  });

  test("a start in another trace takes the span out of the one it was in", () => {
    const { parts } = updateCall(null, [startOf()]);
    expect(updateCall(parts, [endOf()]).leaves).toBeNull();
    expect(updateCall(parts, [startOf({ traceId: "other" })]).leaves).toBe("trace");
  });
});

test.each([
  ["given later", { givenName: "later" }, "later"],
  ["of the end", { givenName: null }, "of the end"],
  ["none, if it was taken away", { givenName: "" }, null],
])("the name people see is the one %s", (_, given, name) => {
  const parts = {
    start: start("c", { displayName: "of the start" }),
    end: end("c", { displayName: "of the end" }),
  };
  expect(displayNameOf({ ...parts, ...given })).toBe(name);
});

test("a name of the start holds until another comes; a call without one has none", () => {
  const named = start("c", { displayName: "of the start" });
  expect(displayNameOf({ start: named, end: end("c"), givenName: null })).toBe("of the start");
  expect(displayNameOf({ start: named, end: null, givenName: null })).toBe("of the start");
  expect(displayNameOf({ start: null, end: null, givenName: null })).toBeNull();
});

test.each([
  ["weave:///ent/proj/op/chat:digest", "chat"],
  ["weave:///ent/proj/object/chat", "chat"],
  ["chat", "chat"],
  ["weave:///ent/op/chat", "weave:///ent/op/chat"],
])("the name of the op %s is %s", (opName, name) => {
  expect(opShortName(opName)).toBe(name);
});

describe("the span that a call is", () => {
  const spanOf = (given: object, ended: object | null = {}) =>
    spanOfCall({ start: start("c", given), end: ended && end("c", ended), givenName: null });

  test("runs until its end comes, and fails if that says so", () => {
    expect(spanOf({}, null)).toMatchObject({ status: "UNSET", endedAt: null, inputTokens: null, name: "op" });
    expect(spanOf({ model: "asked" }, { model: "answered", inputTokens: 1, outputTokens: 2 })).toMatchObject({
      status: "OK",
      endedAt: 2_000,
      model: "answered",
      inputTokens: 1,
      outputTokens: 2,
    });
    expect(spanOf({ model: "asked" }, { failed: true })).toMatchObject({ status: "ERROR", model: "asked" });
  });

  test("claims the thread its start names, and is a turn there if it names itself", () => {
    expect(spanOf({})).toMatchObject({ threadClaim: null, isTurn: false });
    expect(spanOf({ turnId: "c" })).toMatchObject({ threadClaim: null, isTurn: false });
    expect(spanOf({ threadId: "t", turnId: "other" })).toMatchObject({
      threadClaim: { threadId: "t", rank: 0, key: "thread_id" },
      isTurn: false,
      call: { turnId: "other" },
    });
    expect(spanOf({ threadId: "t", turnId: "c" })).toMatchObject({ isTurn: true });
  });

  test("has the messages of both halves; bare text is an answer of a turn alone", () => {
    const asked = { role: "user" as const, text: "q", json: '"q"' };
    const answered = { role: "assistant" as const, text: "a", json: '"a"' };
    expect(spanOf({ messages: [asked] }, { messages: [answered] })?.messages).toEqual([asked, answered]);
    expect(spanOf({ messages: [asked] }, { bareText: "a" })?.messages).toEqual([asked]);
    const turn = { threadId: "t", turnId: "c", messages: [asked] };
    expect(spanOf(turn, { bareText: "a" })?.messages).toEqual([asked, answered]);
    expect(spanOf(turn, null)?.messages).toEqual([asked]);
  });

  test("is known of those that begin", () => {
    const spans = spansOfStarts([startOf(), endOf(), rename, complete]);
    expect(spans.map(({ spanId, status }) => ({ spanId, status }))).toEqual([
      { spanId: "c", status: "UNSET" },
      { spanId: "c", status: "UNSET" },
    ]);
  });
});
