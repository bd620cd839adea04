import { randomBytes, randomUUID } from "node:crypto";
import { AGENT_SCRIPTS, type AgentScript } from "./scripts.ts";

/** A span as OTLP/JSON has it. */
interface OtlpSpan {
  traceId: string;
  spanId: string;
  parentSpanId: string;
  name: string;
  kind: number;
  startTimeUnixNano: string;
  endTimeUnixNano: string;
  attributes: { key: string; value: { stringValue: string } | { intValue: string } }[];
  status: { code: number; message?: string };
}

/** A made-up conversation: its spans, and the turns that someone might rate. */
export interface DemoConversation {
  conversationId: string;
  spans: OtlpSpan[];
  turns: { traceId: string; failed: boolean }[];
}

const OK = 1;
const ERROR = 2;
const INTERNAL = 1;
const CLIENT = 3;
const DAY_MS = 86_400_000;

/** Makes one conversation of one of the demo's agents, within the week before `now` (milliseconds). */
export function makeConversation(now: number): DemoConversation {
  const script = pick(AGENT_SCRIPTS);
  const conversationId = randomUUID();
  const spans: OtlpSpan[] = [];
  const turns: DemoConversation["turns"] = [];
  const turnCount = between(1, script.exchanges.length);
  let clock = now - DAY_MS * 7 * Math.random() - turnCount * 300_000;
  for (const exchange of script.exchanges.slice(0, turnCount)) {
    const turn = makeTurn(script, conversationId, exchange, clock);
    spans.push(...turn.spans);
    turns.push({ traceId: turn.traceId, failed: turn.failed });
    clock = turn.end + between(5_000, 120_000);
  }
  return { conversationId, spans, turns };
}

/** One exchange: the agent's span, and below it model calls and tools in turn, of which the last may fail. */
function makeTurn(
  script: AgentScript,
  conversationId: string,
  { question, answer }: AgentScript["exchanges"][number],
  start: number,
) {
  const traceId = randomBytes(16).toString("hex");
  const agentSpanId = randomBytes(8).toString("hex");
  const failed = Math.random() < 0.06;
  const steps: OtlpSpan[] = [];
  let clock = start + 5;

  const addStep = (
    name: string,
    kind: number,
    attributes: Record<string, string | number>,
    error?: string,
  ) => {
    const end = clock + between(80, 2_500);
    steps.push(
      makeSpan({ traceId, parentSpanId: agentSpanId, name, kind, start: clock, end, attributes, error }),
    );
    clock = end + between(1, 20);
  };
  const addModelCall = (output: string) =>
    addStep(`chat ${script.model}`, CLIENT, {
      "gen_ai.operation.name": "chat",
      "gen_ai.request.model": script.model,
      "gen_ai.usage.input_tokens": between(200, 3_000),
      "gen_ai.usage.output_tokens": between(10, 400),
      "gen_ai.input.messages": messages("user", question),
      "gen_ai.output.messages": messages("assistant", output),
    });

  for (let tools = between(0, 3); tools > 0; tools--) {
    const tool = pick(script.tools);
    addModelCall(`I will use ${tool}.`);
    const error = failed && tools === 1 ? `${tool} timed out` : undefined;
    addStep(
      `execute_tool ${tool}`,
      INTERNAL,
      { "gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": tool },
      error,
    );
  }
  addModelCall(answer);

  const agentSpan = makeSpan({
    traceId,
    spanId: agentSpanId,
    name: `invoke_agent ${script.agent}`,
    kind: INTERNAL,
    start,
    end: clock,
    attributes: {
      "gen_ai.operation.name": "invoke_agent",
      "gen_ai.conversation.id": conversationId,
      "gen_ai.agent.name": script.agent,
      "gen_ai.input.messages": messages("user", question),
      "gen_ai.output.messages": messages("assistant", answer),
    },
    error: failed ? "the agent gave up" : undefined,
  });
  return { traceId, spans: [agentSpan, ...steps], end: clock, failed };
}

function makeSpan(given: {
  traceId: string;
  spanId?: string;
  parentSpanId?: string;
  name: string;
  kind: number;
  start: number;
  end: number;
  attributes: Record<string, string | number>;
  error: string | undefined;
}): OtlpSpan {
  return {
    traceId: given.traceId,
    spanId: given.spanId ?? randomBytes(8).toString("hex"),
    parentSpanId: given.parentSpanId ?? "",
    name: given.name,
    kind: given.kind,
    startTimeUnixNano: nanoseconds(given.start),
    endTimeUnixNano: nanoseconds(given.end),
    attributes: Object.entries(given.attributes).map(([key, value]) => ({
      key,
      value: typeof value === "string" ? { stringValue: value } : { intValue: String(value) },
    })),
    status: given.error === undefined ? { code: OK } : { code: ERROR, message: given.error },
  };
}

function messages(role: string, content: string): string {
  return JSON.stringify([{ role, parts: [{ type: "text", content }] }]);
}

function nanoseconds(milliseconds: number): string {
  return `${BigInt(Math.round(milliseconds * 1000)) * 1000n}`;
}

function between(least: number, most: number): number {
  return least + Math.floor(Math.random() * (most - least + 1));
}

function pick<T>(choices: readonly T[]): T {
  return choices[between(0, choices.length - 1)]!;
}
