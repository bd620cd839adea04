import { type Span as OtelSpan, ROOT_CONTEXT, SpanStatusCode, trace } from "@opentelemetry/api";
import { resourceFromAttributes } from "@opentelemetry/resources";
import { BatchSpanProcessor, type SpanExporter, TracerProvider } from "@opentelemetry/sdk-trace";

/** The ids the tracer gave to the spans of a turn. */
export interface TurnIds {
  traceId: string;
  agent: string;
  first: string;
  tool: string;
  nested: string;
}

/** Seconds since the epoch at which the first conversation starts: 2026-01-01T00:00:00Z. */
const START = 1_767_225_600;

/** What one turn takes and reads, in milliseconds and tokens. */
interface TurnScript {
  conversation: string;
  /** From `START`. */
  at: number;
  duration: number;
  fails?: boolean;
}

/** A tracer of one project that sends through an exporter. */
export function openProject(projectId: string, exporter: SpanExporter) {
  const [entity, project] = projectId.split("/") as [string, string];
  const provider = new TracerProvider({
    resource: resourceFromAttributes({ "wandb.entity": entity, "wandb.project": project }),
    spanProcessors: [new BatchSpanProcessor({ exporter })],
  });
  const tracer = provider.getTracer("agent");
  const time = (ms: number): [number, number] => [START + Math.floor(ms / 1000), (ms % 1000) * 1_000_000];

  return {
    /**
     * Sends one turn: an agent that calls a model, then a tool that calls a model itself. What is below the agent goes
     * out before the agent's span, which repeats the token counts of its model calls.
     */
    async sendTurn({ conversation, at, duration, fails = false }: TurnScript): Promise<TurnIds> {
      const open = (name: string, start: number, parent: OtelSpan | null, attributes = {}) =>
        tracer.startSpan(
          name,
          { startTime: time(at + start), attributes },
          parent ? trace.setSpan(ROOT_CONTEXT, parent) : ROOT_CONTEXT,
        );
      const agent = open("invoke_agent Planner", 0, null, {
        "gen_ai.conversation.id": conversation,
        "gen_ai.usage.input_tokens": 30,
        "gen_ai.usage.output_tokens": 12,
      });
      const first = open("chat gpt", 10, agent, {
        "gen_ai.request.model": "gpt-5.1",
        "gen_ai.usage.input_tokens": 20,
        "gen_ai.usage.output_tokens": 5,
        "gen_ai.input.messages": JSON.stringify([{ role: "user", content: "Plan my day" }]),
        "gen_ai.output.messages": JSON.stringify([{ role: "assistant", content: "Let me look." }]),
      });
      first.end(time(at + 30));
      const tool = open("execute_tool calendar", 40, agent);
      const nested = open("chat gpt", 45, tool, {
        "gen_ai.response.model": "gpt-5.1-mini",
        "gen_ai.usage.input_tokens": 10,
        "gen_ai.usage.output_tokens": 7,
      });
      nested.end(time(at + 55));
      if (fails) tool.setStatus({ code: SpanStatusCode.ERROR, message: "timed out" });
      tool.end(time(at + 60));
      await provider.forceFlush();
      agent.setStatus({ code: fails ? SpanStatusCode.ERROR : SpanStatusCode.OK });
      agent.end(time(at + duration));
      await provider.forceFlush();
      const idOf = (span: OtelSpan) => span.spanContext().spanId;
      return {
        traceId: agent.spanContext().traceId,
        agent: idOf(agent),
        first: idOf(first),
        tool: idOf(tool),
        nested: idOf(nested),
      };
    },
    close: () => provider.shutdown(),
  };
}
