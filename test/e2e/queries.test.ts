import { rm } from "node:fs/promises";
import type { JsonValue } from "@bufbuild/protobuf";
import { createClient } from "@connectrpc/connect";
import { createConnectTransport, createGrpcTransport } from "@connectrpc/connect-node";
import { OTLPTraceExporter as GrpcExporter } from "@opentelemetry/exporter-trace-otlp-grpc";
import { OTLPTraceExporter as JsonExporter } from "@opentelemetry/exporter-trace-otlp-http";
import { OTLPTraceExporter as ProtoExporter } from "@opentelemetry/exporter-trace-otlp-proto";
import type { SpanExporter } from "@opentelemetry/sdk-trace";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { ThreadService } from "../../gen/skein/v1/thread_service_pb.ts";
import { collect } from "../doors/rpc/client.ts";
import { generateDescriptors, PYTHON_SETUP_MS, python, pythonOrSkip } from "../python/python.ts";
import { ASKERS, getSpans, type MethodName } from "./askers.ts";
import { openProject, type TurnIds } from "./conversations.ts";
import {
  jsonLines,
  makeFolder,
  postJson,
  type SkeinProcess,
  startSkein,
  type TestFolder,
} from "./harness.ts";

let folder: TestFolder;
let server: SkeinProcess;

/** What was sent to a project: two turns of one conversation, of which the second fails, and one of another. */
interface Sent {
  first: TurnIds;
  second: TurnIds;
  short: TurnIds;
}

const LONG = "long/é 1";
const EXPORTERS: Record<string, (url: string) => SpanExporter> = {
  grpc: (url) => new GrpcExporter({ url }),
  json: (url) => new JsonExporter({ url: `${url}/v1/traces` }),
  proto: (url) => new ProtoExporter({ url: `${url}/v1/traces` }),
};
const sent = new Map<string, Sent>();

beforeAll(async () => {
  folder = await makeFolder();
  server = await startSkein(folder.db);
  for (const [name, makeExporter] of Object.entries(EXPORTERS)) {
    const project = openProject(`${name}/main`, makeExporter(server.url));
    const second = await project.sendTurn({ conversation: LONG, at: 10_000, duration: 2000, fails: true });
    const first = await project.sendTurn({ conversation: LONG, at: 0, duration: 1000 });
    const short = await project.sendTurn({ conversation: "short", at: 5000, duration: 100 });
    await project.close();
    const other = openProject(`${name}/other`, makeExporter(server.url));
    await other.sendTurn({ conversation: LONG, at: 0, duration: 300 });
    await other.close();
    sent.set(name, { first, second, short });
    await giveFeedback(`${name}/main`, second);
  }
});

afterAll(async () => {
  await server?.stop();
  await folder?.remove();
});

/** A monitor's score on a turn by REST, a thumb on its conversation by RPC. */
async function giveFeedback(project: string, { traceId }: TurnIds): Promise<void> {
  await postJson(`${server.url}/feedback/create`, {
    project_id: project,
    weave_ref: `weave:///${project}/agent_turn/${traceId}`,
    feedback_type: "wandb.agent_monitor",
    payload: {},
    scorer_ratings: { completion: 0.1 },
    scorer_rating_reasons: { completion: "a tool failed" },
    runnable_ref: "r",
    call_ref: "c",
    trigger_ref: "t",
  });
  const client = createClient(ThreadService, createGrpcTransport({ baseUrl: server.url }));
  await client.createFeedback({
    projectId: project,
    target: { case: "conversationId", value: LONG },
    feedbackType: "wandb.agent_user_feedback",
    tags: ["👎🏽"],
  });
}

/** The threads of a main project, latest first, in protobuf's JSON. */
function threadsOf({ first, second, short }: Sent) {
  return [
    {
      threadId: LONG,
      turnCount: "2",
      startTime: "2026-01-01T00:00:00Z",
      lastUpdated: "2026-01-01T00:00:12Z",
      firstTurnId: first.agent,
      lastTurnId: second.agent,
      p50TurnDurationMs: 1500,
      p99TurnDurationMs: 1990,
      spanCount: "8",
      // Those of the four model calls; the agents' own repeat them.
      inputTokens: "60",
      outputTokens: "24",
    },
    {
      threadId: "short",
      turnCount: "1",
      startTime: "2026-01-01T00:00:05Z",
      lastUpdated: "2026-01-01T00:00:05.100Z",
      firstTurnId: short.agent,
      lastTurnId: short.agent,
      p50TurnDurationMs: 100,
      p99TurnDurationMs: 100,
      spanCount: "4",
      inputTokens: "30",
      outputTokens: "12",
    },
  ];
}

/** A turn's spans with all their fields, in protobuf's JSON. */
function spansOf(turn: TurnIds, at: number, duration: number, fails = false) {
  const fields = (spanId: string, start: number, end: number, status = "UNSET") => ({
    traceId: turn.traceId,
    spanId,
    turnId: turn.agent,
    status: `SPAN_STATUS_${status}`,
    durationMs: String(end - start),
    startedAt: timestamp(at + start),
    endedAt: timestamp(at + end),
  });
  return [
    {
      ...fields(turn.agent, 0, duration, fails ? "ERROR" : "OK"),
      operationName: "invoke_agent",
      name: "invoke_agent Planner",
      agentName: "Planner",
      inputTokens: "30",
      outputTokens: "12",
    },
    {
      ...fields(turn.first, 10, 30),
      operationName: "chat",
      name: "chat gpt",
      parentSpanId: turn.agent,
      model: "gpt-5.1",
      inputTokens: "20",
      outputTokens: "5",
      messages: [
        { role: "user", text: "Plan my day", messageJson: '{"role":"user","content":"Plan my day"}' },
        {
          role: "assistant",
          text: "Let me look.",
          messageJson: '{"role":"assistant","content":"Let me look."}',
        },
      ],
    },
    {
      ...fields(turn.tool, 40, 60, fails ? "ERROR" : "UNSET"),
      operationName: "execute_tool",
      name: "execute_tool calendar",
      parentSpanId: turn.agent,
    },
    {
      ...fields(turn.nested, 45, 55),
      operationName: "chat",
      name: "chat gpt",
      parentSpanId: turn.tool,
      model: "gpt-5.1-mini",
      inputTokens: "10",
      outputTokens: "7",
    },
  ];
}

/** As protobuf's JSON has it: no fraction, or three digits of it. */
function timestamp(afterStart: number): string {
  return new Date(Date.UTC(2026, 0, 1) + afterStart).toISOString().replace(".000Z", "Z");
}

/** The answer to `SPANS`, with all fields of each span, in protobuf's JSON. */
function conversationsOf({ first, second, short }: Sent) {
  return [
    {
      conversationId: LONG,
      spans: [...spansOf(first, 0, 1000), ...spansOf(second, 10_000, 2000, true)],
      spansFeedback: [
        { feedbackType: "wandb.agent_user_feedback", tags: ["👎"] },
        {
          traceId: second.traceId,
          feedbackType: "wandb.agent_monitor",
          ratings: [{ name: "completion", value: 0.1, reason: "a tool failed" }],
        },
      ],
    },
    { conversationId: "unknown" },
    { conversationId: "short", spans: spansOf(short, 5000, 100) },
  ];
}

type Conversations = ReturnType<typeof conversationsOf>;

/** The same with other fields of each span. */
function withSpans(conversations: Conversations, change: (span: Record<string, unknown>) => unknown) {
  return conversations.map(({ spans, ...rest }) => (spans ? { ...rest, spans: spans.map(change) } : rest));
}

const withoutMessages = ({ messages, ...span }: Record<string, unknown>) => span;
const basic = ({ operationName, traceId, spanId, status, durationMs }: Record<string, unknown>) => ({
  operationName,
  traceId,
  spanId,
  status,
  durationMs,
});

const IDS = [LONG, "unknown", "short"];

/** The questions to a main project, and what each of them answers once its messages are put together. */
function questionsTo(name: string): { method: MethodName; request: JsonValue; answer: unknown }[] {
  const projectId = `${name}/main`;
  const conversations = conversationsOf(sent.get(name)!);
  const ask = { projectId, conversationIds: IDS };
  return [
    { method: "ThreadsQuery", request: { projectId }, answer: threadsOf(sent.get(name)!) },
    {
      method: "Spans",
      request: { ...ask, view: "SPAN_VIEW_MESSAGES" },
      answer: conversations,
    },
    {
      method: "StreamSpans",
      request: { query: { ...ask, view: "SPAN_VIEW_FULL" } },
      answer: withSpans(conversations, withoutMessages),
    },
    { method: "Spans", request: ask, answer: withSpans(conversations, basic) },
  ];
}

/** The rows or conversations of an answer's messages. */
function joined(messages: JsonValue[]): unknown[] {
  return messages.flatMap((message) => {
    const { threads, conversations } = message as Record<string, unknown[]>;
    return threads ?? conversations ?? [];
  });
}

describe.each(Object.keys(EXPORTERS))("what the %s exporter sent is answered", (name) => {
  test.each(Object.entries(ASKERS))("over %s", async (_asker, makeAsker) => {
    const ask = makeAsker(server.url);
    for (const { method, request, answer } of questionsTo(name)) {
      expect(joined(await ask(method, request)), method).toEqual(answer);
    }
  });

  test("over a plain GET", async () => {
    for (const { method, request, answer } of questionsTo(name)) {
      if (method === "Spans") expect(joined([await getSpans(server.url, request)])).toEqual(answer);
    }
  });

  test("over REST", async () => {
    const project_id = `${name}/main`;
    const lines = jsonLines(await postJson(`${server.url}/threads/stream_query`, { project_id }));
    expect(lines).toEqual(
      threadsOf(sent.get(name)!).map((row) => ({
        thread_id: row.threadId,
        turn_count: Number(row.turnCount),
        start_time: row.startTime,
        last_updated: row.lastUpdated.replace(".100Z", ".100000Z"),
        first_turn_id: row.firstTurnId,
        last_turn_id: row.lastTurnId,
        p50_turn_duration_ms: row.p50TurnDurationMs,
        p99_turn_duration_ms: row.p99TurnDurationMs,
      })),
    );
    const answer = await postJson(`${server.url}/agents/conversations/spans`, {
      project_id,
      conversation_ids: IDS,
    });
    const second = sent.get(name)!.second.traceId;
    const score = { name: "completion", value: 0.1, reason: "a tool failed", confidence: null };
    expect(JSON.parse(answer)).toEqual({
      conversations: conversationsOf(sent.get(name)!).map(({ conversationId, spans = [] }) => ({
        conversation_id: conversationId,
        spans: spans.map((span) => ({
          operation_name: span.operationName,
          trace_id: span.traceId,
          span_id: span.spanId,
          status: span.status.replace("SPAN_STATUS_", ""),
          duration_ms: Number(span.durationMs),
        })),
        spans_feedback:
          conversationId === LONG
            ? [
                { trace_id: null, feedback_type: "wandb.agent_user_feedback", tags: ["👎"], ratings: [] },
                { trace_id: second, feedback_type: "wandb.agent_monitor", tags: [], ratings: [score] },
              ]
            : [],
      })),
    });
  });
});

describe("Python's grpcio", () => {
  beforeAll(python, PYTHON_SETUP_MS);

  test("is answered the same", async ({ skip }) => {
    const found = await pythonOrSkip(skip);
    const generated = await generateDescriptors(found);
    onTestFinished(() => rm(generated, { recursive: true }));
    const questions = Object.keys(EXPORTERS).flatMap(questionsTo);
    const printed = await found.run("./thread_service.py", [
      generated,
      `localhost:${server.port}`,
      JSON.stringify(questions.map(({ method, request }) => [method, request])),
    ]);
    const answers = JSON.parse(printed) as JsonValue[][];
    expect(answers.map(joined)).toEqual(questions.map(({ answer }) => answer));
  });
});

describe("the project of a query", () => {
  const project = "grpc/other";

  /** The median of the one thread of `grpc/other`, which no other project has. */
  const other = { p50_turn_duration_ms: 300 };

  const rest = (prefix: string, project_id: string, headers: Record<string, string> = {}) =>
    postJson(`${server.url}${prefix}/threads/stream_query`, { project_id }, headers).then(jsonLines);

  test("can be in a REST request's field, and again in its URL and header", async () => {
    expect(await rest("", project)).toMatchObject([other]);
    expect(await rest(`/p/${project}`, project, { "x-project-id": project })).toMatchObject([other]);
    await expect(rest("/p/grpc/main", project)).rejects.toThrow("answered 422");
    await expect(rest("", project, { "x-project-id": "grpc/main" })).rejects.toThrow("answered 422");
    expect(await rest("", "nobody/knows")).toEqual([]);
  });

  test.each([
    ["gRPC", createGrpcTransport],
    [
      "Connect",
      ({ baseUrl }: { baseUrl: string }) => createConnectTransport({ baseUrl, httpVersion: "1.1" }),
    ],
  ])("can be in the URL or the header alone (%s)", async (_name, transport) => {
    const medians = async (prefix: string, headers: Record<string, string>) => {
      const client = createClient(ThreadService, transport({ baseUrl: server.url + prefix }));
      const messages = await collect(client.threadsQuery({}, { headers }));
      return messages.flatMap(({ threads }) => threads.map((thread) => thread.p50TurnDurationMs));
    };
    expect(await medians(`/p/${project}`, {})).toEqual([300]);
    expect(await medians("", { "x-project-id": project })).toEqual([300]);
    expect(await medians("", {})).toEqual([]);
    await expect(medians(`/p/${project}`, { "x-project-id": "grpc/main" })).rejects.toThrow(
      "[invalid_argument]",
    );
  });
});
