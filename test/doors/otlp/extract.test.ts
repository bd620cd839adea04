import { Buffer } from "node:buffer";
import { create, type MessageInitShape, toBinary } from "@bufbuild/protobuf";
import { describe, expect, test } from "vitest";
import {
  SpanSchema,
  type Status_StatusCode,
  StatusSchema,
} from "../../../gen/opentelemetry/proto/trace/v1/trace_pb.ts";
import { TABLES } from "../../../src/doors/otlp/dialects/tables.ts";
import { extractSpan } from "../../../src/doors/otlp/extract.ts";
import type { Span } from "../../../src/model/traces/span.ts";
import { keyValue, type Plain, span } from "./support/otlp-messages.ts";

const GROUP = { projectId: "p", origin: new Uint8Array() };

type SpanInit = MessageInitShape<typeof SpanSchema>;

function tryExtract(attributes: Record<string, Plain>, rest: SpanInit = {}): Span | string {
  const message = span(attributes, rest);
  return extractSpan(message, toBinary(SpanSchema, message), GROUP, TABLES);
}

function extract(attributes: Record<string, Plain>, rest: SpanInit = {}): Span {
  const result = tryExtract(attributes, rest);
  if (typeof result === "string") throw new Error(result);
  return result;
}

function claim(attributes: Record<string, Plain>): [string, number, string] | null {
  const { threadClaim } = extract(attributes);
  return threadClaim && [threadClaim.threadId, threadClaim.rank, threadClaim.key];
}

describe("identity and times", () => {
  test("ids become hex, nanoseconds microseconds and a remainder", () => {
    const result = extract({}, { parentSpanId: Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 255) });
    expect(result).toMatchObject({
      projectId: "p",
      traceId: "00000000000000000000000000000001",
      spanId: "0000000000000001",
      parentSpanId: "01020304050607ff",
    });
    const times = {
      startTimeUnixNano: 1_700_000_000_123_456_789n,
      endTimeUnixNano: 1_700_000_000_123_457_001n,
    };
    expect(extract({}, times)).toMatchObject({
      startedAt: 1_700_000_000_123_456,
      startedAtNanos: 789,
      endedAt: 1_700_000_000_123_457,
      endedAtNanos: 1,
    });
  });

  test("an end of 0 means running, an end before the start is kept", () => {
    expect(extract({}, { endTimeUnixNano: 0n })).toMatchObject({ endedAt: null, endedAtNanos: 0 });
    expect(extract({}, { startTimeUnixNano: 2_000n, endTimeUnixNano: 1_000n })).toMatchObject({ endedAt: 1 });
  });

  test("a parent of zeros is no parent", () => {
    expect(extract({}, { parentSpanId: new Uint8Array(8) }).parentSpanId).toBeNull();
  });

  test.each<[string, SpanInit]>([
    ["trace_id is not 16 bytes long", { traceId: Uint8Array.of(1) }],
    ["trace_id is zero", { traceId: new Uint8Array(16) }],
    ["span_id is not 8 bytes long", { spanId: new Uint8Array(16).fill(1) }],
    ["span_id is zero", { spanId: new Uint8Array(8) }],
    ["parent_span_id is not 8 bytes long", { parentSpanId: Uint8Array.of(1) }],
    ["start_time_unix_nano is 0", { startTimeUnixNano: 0n }],
    ["start_time_unix_nano is past the year 2255", { startTimeUnixNano: 2n ** 53n * 1000n }],
    ["end_time_unix_nano is past the year 2255", { endTimeUnixNano: 2n ** 64n - 1n }],
  ])("refused: %s", (reason, rest) => {
    expect(tryExtract({}, rest)).toBe(reason);
  });

  test("the last microsecond that fits is taken", () => {
    const last = (2n ** 53n - 1n) * 1000n + 999n;
    expect(extract({}, { startTimeUnixNano: last, endTimeUnixNano: last })).toMatchObject({
      startedAt: Number.MAX_SAFE_INTEGER,
      startedAtNanos: 999,
      endedAt: Number.MAX_SAFE_INTEGER,
    });
  });
});

describe("thread claim", () => {
  test.each<[string, number]>([
    ["wandb.thread_id", 0],
    ["gen_ai.conversation.id", 1],
    ["weave.conversation.id", 1],
    ["thread_id", 2],
    ["langsmith.metadata.thread_id", 2],
    ["ai.telemetry.metadata.threadId", 2],
    ["langsmith.metadata.conversation_id", 3],
    ["ai.telemetry.metadata.conversationId", 3],
    ["langfuse.session.id", 4],
    ["session.id", 5],
    ["gcp.vertex.agent.session_id", 6],
    ["langsmith.metadata.session_id", 7],
    ["traceloop.association.properties.session_id", 7],
    ["lmnr.association.properties.session_id", 7],
    ["ai.telemetry.metadata.sessionId", 7],
  ])("%s has rank %i", (key, rank) => {
    expect(claim({ [key]: "t" })).toEqual(["t", rank, key]);
  });

  test("the stronger rank wins, within a rank the key listed first", () => {
    expect(claim({ "session.id": "s", "gen_ai.conversation.id": "c" })?.[0]).toBe("c");
    expect(claim({ "weave.conversation.id": "w", "gen_ai.conversation.id": "c" })?.[0]).toBe("c");
    expect(claim({ "langsmith.metadata.thread_id": "l", thread_id: "t" })?.[0]).toBe("t");
  });

  test("integers count by their digits, all of them", () => {
    expect(claim({ thread_id: 9_007_199_254_740_993n })?.[0]).toBe("9007199254740993");
    expect(claim({ thread_id: -7n })?.[0]).toBe("-7");
  });

  test.each<[string, Plain]>([
    ["an empty string", ""],
    ["a string of 1025 bytes", "a".repeat(1025)],
    ["a string of 513 characters of two bytes", "é".repeat(513)],
    ["a double", 5],
    ["a boolean", true],
    ["bytes", Uint8Array.of(1)],
    ["a list", ["t"]],
    ["a map", { id: "t" }],
  ])("%s is passed over", (_name, value) => {
    expect(claim({ "gen_ai.conversation.id": value })).toBeNull();
    expect(claim({ "gen_ai.conversation.id": value, "session.id": "s" })?.[0]).toBe("s");
  });

  test("a string of 1024 bytes counts", () => {
    expect(claim({ thread_id: "é".repeat(512) })?.[0]).toBe("é".repeat(512));
  });

  test("of a repeated key the last counts, even if it is one to pass over", () => {
    const twice = (last: Plain) =>
      extract({}, { attributes: [keyValue("thread_id", "first"), keyValue("thread_id", last)] }).threadClaim;
    expect(twice("last")?.threadId).toBe("last");
    expect(twice("")).toBeNull();
  });
});

test.each<[Plain, boolean | null]>([
  [true, true],
  [false, false],
  [1n, true],
  [0n, false],
  [1, true],
  [0, false],
  [2n, null],
  ["TRUE", true],
  ["False", false],
  ["1", null],
  ["yes", null],
  [["true"], null],
])("wandb.is_turn %s says %s", (value, expected) => {
  expect(extract({ "wandb.is_turn": value }).isTurn).toBe(expected);
});

describe("operation, status, agent, model", () => {
  test("the operation is the first found, kinds in lower case", () => {
    const all = {
      "ai.operationId": "ai.generateText",
      "langfuse.observation.type": "GENERATION",
      "langsmith.span.kind": "LLM",
      "traceloop.span.kind": "Workflow",
      "openinference.span.kind": "CHAIN",
      "gen_ai.operation.name": "Chat",
      "weave.operation.name": "invoke_agent",
    };
    const found: string[] = [];
    const left: Record<string, string> = { ...all };
    for (const key of Object.keys(all).reverse()) {
      found.push(extract(left, { name: "chat gpt" }).operationName);
      delete left[key];
    }
    found.push(extract(left, { name: "chat gpt" }).operationName);
    expect(found).toEqual([
      "invoke_agent",
      "Chat",
      "chain",
      "workflow",
      "llm",
      "generation",
      "ai.generateText",
      "chat",
    ]);
  });

  test("a name that starts with no known operation says none", () => {
    expect(extract({}, { name: "chats gpt" }).operationName).toBe("");
    expect(extract({}, { name: "execute_tool search" }).operationName).toBe("execute_tool");
  });

  test.each<[Status_StatusCode | undefined, string]>([
    [undefined, "UNSET"],
    [0, "UNSET"],
    [1, "OK"],
    [2, "ERROR"],
    [9 as number as Status_StatusCode, "UNSET"],
  ])("status code %s is %s", (code, expected) => {
    const status = code === undefined ? undefined : create(StatusSchema, { code });
    expect(extract({}, { status }).status).toBe(expected);
  });

  test("the agent's name is an attribute or in the span's name", () => {
    expect(extract({ "agent.name": "b", "gen_ai.agent.name": "a" }).agentName).toBe("a");
    expect(extract({ "agent.name": "b" }).agentName).toBe("b");
    expect(extract({}, { name: "invoke_agent Travel Planner" }).agentName).toBe("Travel Planner");
    expect(extract({}, { name: "invoke_agent " }).agentName).toBeNull();
  });

  test("the model that answered stands before the one that was asked for", () => {
    expect(extract({ "gen_ai.request.model": "m", "gen_ai.response.model": "m-1" }).model).toBe("m-1");
    expect(extract({ "ai.model.id": "m", "llm.model_name": "n" }).model).toBe("n");
    expect(extract({ "gen_ai.request.model": 4n, "langfuse.observation.model.name": "m" }).model).toBe("m");
  });

  test("names too long for a row are cut at a character; the payload has them whole", () => {
    const name = `a${"é".repeat(600)}`;
    const result = extract({}, { name });
    expect(result.name).toBe(`a${"é".repeat(511)}`);
    expect(Buffer.from(result.payload).toString()).toContain(name);
  });
});

describe("tokens", () => {
  test.each<[string, string]>([
    ["gen_ai.usage.input_tokens", "gen_ai.usage.output_tokens"],
    ["gen_ai.usage.prompt_tokens", "gen_ai.usage.completion_tokens"],
    ["llm.token_count.prompt", "llm.token_count.completion"],
    ["ai.usage.inputTokens", "ai.usage.outputTokens"],
  ])("from %s and %s", (input, output) => {
    expect(extract({ [input]: 12n, [output]: 3n })).toMatchObject({ inputTokens: 12, outputTokens: 3 });
  });

  test.each<[Plain, number | null]>([
    [7, 7],
    ["7", 7],
    [0n, 0],
    [-1n, null],
    [1.5, null],
    [Number.NaN, null],
    ["7.0", null],
    ["many", null],
    [2n ** 60n, null],
  ])("a count of %s is %s", (value, expected) => {
    expect(extract({ "gen_ai.usage.input_tokens": value }).inputTokens).toBe(expected);
  });

  test("a span that does not say has none", () => {
    expect(extract({})).toMatchObject({ inputTokens: null, outputTokens: null });
  });
});
