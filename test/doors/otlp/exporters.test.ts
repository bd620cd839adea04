import { ROOT_CONTEXT, SpanStatusCode, trace } from "@opentelemetry/api";
import { OTLPTraceExporter as GrpcExporter } from "@opentelemetry/exporter-trace-otlp-grpc";
import { OTLPTraceExporter as JsonExporter } from "@opentelemetry/exporter-trace-otlp-http";
import { OTLPTraceExporter as ProtoExporter } from "@opentelemetry/exporter-trace-otlp-proto";
import { resourceFromAttributes } from "@opentelemetry/resources";
import { BatchSpanProcessor, type SpanExporter, TracerProvider } from "@opentelemetry/sdk-trace";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { StoreBusyError } from "../../../src/store/errors.ts";
import { type OtlpServer, startOtlpServer } from "./support/otlp-server.ts";

let server: OtlpServer;

beforeEach(async () => {
  server = await startOtlpServer();
});

afterEach(async () => {
  vi.unstubAllEnvs();
  await server.close();
});

const exporters: [string, () => SpanExporter][] = [
  ["grpc", () => new GrpcExporter({ url: server.url })],
  ["http (JSON)", () => new JsonExporter({ url: `${server.url}/v1/traces` })],
  ["proto", () => new ProtoExporter({ url: `${server.url}/v1/traces` })],
];

describe.each(exporters)("exporter-trace-otlp-%s", (_name, makeExporter) => {
  test.each(["none", "gzip"])("compression %s", async (compression) => {
    vi.stubEnv("OTEL_EXPORTER_OTLP_COMPRESSION", compression);
    const provider = new TracerProvider({
      resource: resourceFromAttributes({ "wandb.entity": "e", "wandb.project": "p" }),
      spanProcessors: [new BatchSpanProcessor({ exporter: makeExporter() })],
    });
    const tracer = provider.getTracer("test");
    const agent = tracer.startSpan("invoke_agent Planner", {
      attributes: { "gen_ai.conversation.id": "thread-1", "wandb.is_turn": true },
      startTime: [1_700_000_000, 123_456_789],
    });
    const chat = tracer.startSpan(
      "chat gpt",
      {
        attributes: {
          "gen_ai.usage.input_tokens": 12,
          "gen_ai.usage.output_tokens": 3,
          "gen_ai.prompt": "hi",
        },
      },
      trace.setSpan(ROOT_CONTEXT, agent),
    );
    chat.setStatus({ code: SpanStatusCode.ERROR, message: "no" });
    chat.end();
    agent.end([1_700_000_001, 1]);
    await provider.forceFlush();
    await provider.shutdown();

    const { traceId, spanId } = agent.spanContext();
    expect(server.writer.spans()).toMatchObject([
      {
        projectId: "e/p",
        traceId,
        spanId: chat.spanContext().spanId,
        parentSpanId: spanId,
        operationName: "chat",
        status: "ERROR",
        inputTokens: 12,
        outputTokens: 3,
        messages: [{ role: "user", text: "hi" }],
      },
      {
        projectId: "e/p",
        traceId,
        spanId,
        parentSpanId: null,
        name: "invoke_agent Planner",
        agentName: "Planner",
        startedAt: 1_700_000_000_123_456,
        startedAtNanos: 789,
        endedAt: 1_700_000_001_000_000,
        endedAtNanos: 1,
        threadClaim: { threadId: "thread-1" },
        isTurn: true,
      },
    ]);
  });
});

// The gRPC exporter leaves retries to its channel.
test.each(exporters.slice(1))(
  "exporter-trace-otlp-%s sends again what a busy store did not take",
  async (_name, makeExporter) => {
    let attempts = 0;
    server.writer.beforeWrite = async () => {
      attempts++;
      if (attempts === 1) throw new StoreBusyError("1000 writes are waiting");
    };
    const provider = new TracerProvider({
      spanProcessors: [new BatchSpanProcessor({ exporter: makeExporter() })],
    });
    provider.getTracer("test").startSpan("work").end();
    await provider.forceFlush();
    await provider.shutdown();
    expect(attempts).toBe(2);
    expect(server.writer.spans()).toHaveLength(1);
  },
);
