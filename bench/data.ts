import type { Span } from "../src/model/traces/span.ts";

/** The project of everything the benchmarks store. */
export const BENCH_PROJECT = "bench";

/** The first instant of the made-up data: 2026-01-01. */
export const EPOCH = 1_767_225_600_000_000;

const ORIGIN = Buffer.from("a resource and a scope, as an exporter sends them once per batch");

/** What a made-up turn needs to be told. */
export interface TurnInput {
  thread: string;
  /** Counts the turns of all threads; makes ids and times unique. */
  number: number;
  /** The trace; of its own unless given. */
  traceId?: string;
  parentSpanId?: string;
}

/** A turn of two spans: an agent's, and a model call below it. Durations spread over three orders of magnitude. */
export function turnSpans({ thread, number, traceId, parentSpanId }: TurnInput): Span[] {
  const agentSpanId = hex(number * 2, 16);
  const trace = traceId ?? hex(number, 32);
  const startedAt = EPOCH + number * 1_000;
  const endedAt = startedAt + 20_000 + (((number * 2_654_435_761) % 4_096) + 1) * 5_000;
  const common = {
    projectId: BENCH_PROJECT,
    traceId: trace,
    status: "OK" as const,
    startedAtNanos: 0,
    endedAt,
    endedAtNanos: 0,
    isTurn: null,
    messages: [],
    payload: PAYLOAD,
    origin: ORIGIN,
  };
  return [
    {
      ...common,
      spanId: agentSpanId,
      parentSpanId: parentSpanId ?? null,
      name: "invoke_agent support",
      operationName: "invoke_agent",
      agentLevel: true,
      startedAt,
      threadClaim: { threadId: thread, rank: 1, key: "gen_ai.conversation.id" },
      agentName: "support",
      model: null,
      inputTokens: null,
      outputTokens: null,
    },
    {
      ...common,
      spanId: hex(number * 2 + 1, 16),
      parentSpanId: agentSpanId,
      name: "chat gpt-5.1",
      operationName: "chat",
      agentLevel: false,
      startedAt: startedAt + 1_000,
      threadClaim: null,
      agentName: null,
      model: "gpt-5.1",
      inputTokens: 900,
      outputTokens: 80,
    },
  ];
}

/** About what an OTLP span with a short exchange takes. */
const PAYLOAD = Buffer.alloc(400, "gen_ai.input.messages ");

function hex(value: number, digits: number): string {
  return (value + 1).toString(16).padStart(digits, "0");
}
