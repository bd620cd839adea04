import { LangChainInstrumentation } from "@arizeai/openinference-instrumentation-langchain";
import * as callbackManager from "@langchain/core/callbacks/manager";
import { HumanMessage, SystemMessage } from "@langchain/core/messages";
import { FakeListChatModel } from "@langchain/core/utils/testing";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-proto";
import { BatchSpanProcessor, TracerProvider } from "@opentelemetry/sdk-trace";
import { generateText, jsonSchema, stepCountIs, tool } from "ai";
import { MockLanguageModelV3 } from "ai/test";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Span } from "../../../src/model/traces/span.ts";
import { followAsyncCalls } from "./support/async-context.ts";
import { type OtlpServer, startOtlpServer } from "./support/otlp-server.ts";

let server: OtlpServer;
let provider: TracerProvider;
let stopFollowing: () => void;

beforeEach(async () => {
  server = await startOtlpServer();
  const exporter = new OTLPTraceExporter({ url: `${server.url}/v1/traces` });
  provider = new TracerProvider({ spanProcessors: [new BatchSpanProcessor({ exporter })] });
  stopFollowing = followAsyncCalls();
});

afterEach(async () => {
  stopFollowing();
  await provider.shutdown();
  await server.close();
});

/** What arrived, by name. */
async function spansNamed(name: string): Promise<Span[]> {
  await provider.forceFlush();
  return server.writer.spans().filter((span) => span.name === name);
}

const usage = (input: number, output: number) => ({
  inputTokens: { total: input, noCache: input, cacheRead: undefined, cacheWrite: undefined },
  outputTokens: { total: output, text: output, reasoning: undefined },
});

test("the AI SDK: an agent that calls a tool", async () => {
  let calls = 0;
  const model = new MockLanguageModelV3({
    doGenerate: async () =>
      calls++ === 0
        ? {
            finishReason: { unified: "tool-calls", raw: undefined },
            usage: usage(21, 9),
            warnings: [],
            content: [{ type: "tool-call", toolCallId: "1", toolName: "weather", input: '{"city":"Paris"}' }],
          }
        : {
            finishReason: { unified: "stop", raw: undefined },
            usage: usage(40, 7),
            warnings: [],
            content: [{ type: "text", text: "Sunny." }],
          },
  });
  const parameters = jsonSchema<{ city: string }>({
    type: "object",
    properties: { city: { type: "string" } },
  });
  await generateText({
    model,
    prompt: "Weather in Paris?",
    tools: { weather: tool({ inputSchema: parameters, execute: async () => "sunny" }) },
    stopWhen: stepCountIs(3),
    experimental_telemetry: {
      isEnabled: true,
      tracer: provider.getTracer("ai"),
      metadata: { threadId: "thread-ai" },
    },
  });

  const [agent] = await spansNamed("ai.generateText");
  expect(agent).toMatchObject({
    parentSpanId: null,
    threadClaim: { threadId: "thread-ai", rank: 2 },
    inputTokens: 61,
    outputTokens: 16,
  });
  expect(agent?.messages.map(({ text }) => text)).toEqual(["Weather in Paris?", "Sunny."]);
  const steps = await spansNamed("ai.generateText.doGenerate");
  expect(steps.map(({ inputTokens, outputTokens }) => [inputTokens, outputTokens])).toEqual([
    [21, 9],
    [40, 7],
  ]);
  expect(steps.map(({ parentSpanId }) => parentSpanId)).toEqual([agent?.spanId, agent?.spanId]);
  expect(await spansNamed("ai.toolCall")).toMatchObject([{ operationName: "ai.toolCall", messages: [] }]);
});

test("OpenInference for LangChain: a chat model", async () => {
  const instrumentation = new LangChainInstrumentation({ tracerProvider: provider as never });
  instrumentation.manuallyInstrument(callbackManager);
  try {
    const model = new FakeListChatModel({ responses: ["Paris."] });
    await model.invoke([new SystemMessage("Be brief."), new HumanMessage("Capital of France?")], {
      metadata: { session_id: "session-lc" },
    });
  } finally {
    instrumentation.disable();
  }
  const [chat] = await spansNamed("FakeListChatModel");
  expect(chat).toMatchObject({
    operationName: "llm",
    status: "OK",
    threadClaim: { threadId: "session-lc", key: "session.id" },
    messages: [
      { role: "user", text: "Capital of France?" },
      { role: "assistant", text: "Paris." },
    ],
  });
});
