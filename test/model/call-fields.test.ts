import { describe, expect, test } from "vitest";
import type { CallSort, StoredCall } from "../../src/model/calls/call.ts";
import { callDocuments } from "../../src/model/calls/call-documents.ts";
import { CALL_FIELDS, callColumn, callFields } from "../../src/model/calls/call-fields.ts";
import { callOrder, needsDocuments } from "../../src/model/calls/call-order.ts";

/** A call that ran for 3.5 ms, but for what the test says. */
function call(given: Partial<StoredCall> = {}): StoredCall {
  return {
    callId: "c",
    traceId: "trace",
    parentId: null,
    opName: "weave:///e/p/op/chat:v",
    displayName: null,
    threadId: "thread",
    turnId: "turn",
    startedAt: 1_500,
    endedAt: 5_000,
    userId: "user",
    runId: "run",
    start: '{"attributes":{"a":1.0},"inputs":{"q":["x"]},"wb_run_step":3}',
    end: '{"output":{"n":1.50},"summary":{"usage":{}},"wb_run_step_end":4}',
    ...given,
  };
}

const summary = (given: Partial<StoredCall>) => JSON.parse(callDocuments(call(given)).summary());

describe("documents of a call", () => {
  test("are as they came", () => {
    const { attributes, inputs, exception, output, wb_run_step, wb_run_step_end } = callDocuments(call());
    expect([attributes(), inputs(), exception(), output(), wb_run_step(), wb_run_step_end()]).toEqual([
      '{"a":1.0}',
      '{"q":["x"]}',
      "null",
      '{"n":1.50}',
      "3",
      "4",
    ]);
  });

  test("that did not come are empty", () => {
    for (const halves of [
      { start: null, end: null },
      { start: "{}", end: "{}" },
    ]) {
      const { summary: _, ...others } = callDocuments(call(halves));
      expect(Object.values(others).map((text) => text())).toEqual([
        "{}",
        "{}",
        "null",
        "null",
        "null",
        "null",
      ]);
    }
  });

  test("the summary says what is worked out beside what came, and instead of it", () => {
    const end =
      '{"summary":{"usage":{"m":1},"weave":{"status":"x","latency_ms":9,"display_name":"x","own":1}}}';
    expect(summary({ end, displayName: "shown" })).toEqual({
      usage: { m: 1 },
      weave: { own: 1, status: "success", trace_name: "chat", latency_ms: 4, display_name: "shown" },
    });
    expect(summary({ end: '{"summary":"no object"}', endedAt: null })).toEqual({
      weave: { status: "running", trace_name: "chat" },
    });
  });

  test.each([
    ["success", { end: '{"exception":"","summary":{"status_counts":{"error":0}}}' }],
    ["error", { end: '{"exception":"it broke"}' }],
    ["running", { end: null, endedAt: null }],
    ["descendant_error", { end: '{"summary":{"status_counts":{"error":2}}}' }],
  ])("a call is in the status %s", (status, given) => {
    expect(summary(given).weave.status).toBe(status);
  });
});

describe("fields of a call", () => {
  test("are columns or lead into documents", () => {
    const fields = callFields(call());
    const names = [...CALL_FIELDS].filter(([, kind]) => kind !== "document").map(([name]) => name);
    expect(Object.fromEntries(names.map((name) => [name, fields([name])]))).toEqual({
      id: "c",
      trace_id: "trace",
      parent_id: null,
      op_name: "weave:///e/p/op/chat:v",
      display_name: null,
      thread_id: "thread",
      turn_id: "turn",
      started_at: { instant: 1_500 },
      ended_at: { instant: 5_000 },
      wb_user_id: "user",
      wb_run_id: "run",
    });
    expect(fields(["inputs", "q", "0"])).toBe("x");
    expect(fields(["output", "n"])).toEqual({ digits: "1.50" });
    expect(fields(["output", "none"])).toBeNull();
    expect(callFields(call({ endedAt: null }))(["ended_at"])).toBeNull();
  });

  test("only a whole column is one", () => {
    expect(callColumn(["id"])).toBe("id");
    expect(callColumn(["id", "x"])).toBeNull();
    expect(callColumn(["inputs"])).toBeNull();
    expect(needsDocuments([["id"], ["started_at"]])).toBe(false);
    expect(needsDocuments([["id"], ["inputs", "q"]])).toBe(true);
  });
});

describe("the order of calls", () => {
  const calls = [
    call({ callId: "a", startedAt: 2, opName: "x", start: '{"inputs":{"n":2}}' }),
    call({ callId: "b", startedAt: 1, opName: "y", start: '{"inputs":{"n":10}}' }),
    call({ callId: "c", startedAt: 1, opName: "x", start: '{"inputs":{"n":2}}' }),
  ];
  const sorted = (...sort: CallSort[]) => {
    const { placeOf, compare } = callOrder(sort);
    return calls
      .map(placeOf)
      .toSorted(compare)
      .map(({ callId }) => callId)
      .join("");
  };

  test("is by start and id without keys", () => expect(sorted()).toBe("bca"));
  test("is by a column, ties by start in its direction", () => {
    expect(sorted({ path: ["op_name"], direction: "asc" })).toBe("cab");
    expect(sorted({ path: ["op_name"], direction: "desc" })).toBe("bac");
  });
  test("is by what is in a document", () => {
    expect(sorted({ path: ["inputs", "n"], direction: "desc" })).toBe("bac");
    expect(
      sorted({ path: ["inputs", "n"], direction: "asc" }, { path: ["started_at"], direction: "desc" }),
    ).toBe("acb");
  });
});
