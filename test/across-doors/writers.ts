import { AGENT, EXCHANGES, MODEL, printed } from "./conversation.ts";
import { type House, PROJECT } from "./house.ts";

/** A way in: how it takes the conversation, and what of it it can know. */
export interface Writer {
  name: string;
  /** Of the thread it writes. */
  threadId: string;
  write(house: House, threadId: string): Promise<void>;
  knows: {
    /** Whether turns are known, and with them spans. */
    turns: boolean;
    /** Whether it knows when things were said; else they were when they were written. */
    times: boolean;
    agent: boolean;
  };
}

const ALL = { turns: true, times: true, agent: true };

/** Every door, and every dialect that differs in where it keeps things. */
export const WRITERS: Writer[] = [
  {
    name: "OTLP, OpenTelemetry's own conventions",
    threadId: "01998000-0000-7000-8000-000000000001",
    knows: ALL,
    write: (house, threadId) =>
      exportSpans(house, "aa", ({ asked, answered, inputTokens, outputTokens }) => ({
        "gen_ai.operation.name": "chat",
        "gen_ai.conversation.id": threadId,
        "gen_ai.agent.name": AGENT,
        "gen_ai.response.model": MODEL,
        "gen_ai.usage.input_tokens": inputTokens,
        "gen_ai.usage.output_tokens": outputTokens,
        "gen_ai.input.messages": JSON.stringify([
          { role: "user", parts: [{ type: "text", content: asked }] },
        ]),
        "gen_ai.output.messages": JSON.stringify([
          { role: "assistant", parts: [{ type: "text", content: answered }] },
        ]),
      })),
  },
  {
    name: "OTLP, OpenInference",
    threadId: "01998000-0000-7000-8000-000000000002",
    knows: ALL,
    write: (house, threadId) =>
      exportSpans(house, "bb", ({ asked, answered, inputTokens, outputTokens }) => ({
        "openinference.span.kind": "LLM",
        "session.id": threadId,
        "agent.name": AGENT,
        "llm.model_name": MODEL,
        "llm.token_count.prompt": inputTokens,
        "llm.token_count.completion": outputTokens,
        "llm.input_messages.0.message.role": "user",
        "llm.input_messages.0.message.content": asked,
        "llm.output_messages.0.message.role": "assistant",
        "llm.output_messages.0.message.content": answered,
      })),
  },
  {
    name: "Weave calls",
    threadId: "01998000-0000-7000-8000-000000000003",
    knows: { ...ALL, agent: false },
    async write(house, threadId) {
      const batch = EXCHANGES.flatMap((exchange, index) => {
        const id = `call-${index}`;
        const { asked, answered, inputTokens: prompt_tokens, outputTokens: completion_tokens } = exchange;
        const start = {
          project_id: PROJECT,
          id,
          trace_id: `weave-${index}`,
          thread_id: threadId,
          turn_id: id,
          op_name: "ask",
          started_at: printed(exchange.start),
          attributes: {},
          inputs: { messages: [{ role: "user", content: asked }] },
        };
        const end = {
          project_id: PROJECT,
          id,
          ended_at: printed(exchange.end),
          output: { choices: [{ message: { role: "assistant", content: answered } }] },
          summary: { usage: { [MODEL]: { prompt_tokens, completion_tokens } } },
        };
        return [
          { mode: "start", req: { start } },
          { mode: "end", req: { end } },
        ];
      });
      await house.ask("/call/upsert_batch", { batch });
    },
  },
  {
    name: "LangGraph threads and states",
    threadId: "01998000-0000-7000-8000-000000000004",
    knows: { turns: false, times: false, agent: true },
    async write(house, threadId) {
      await house.askProject("/threads", { thread_id: threadId });
      for (const [index, exchange] of EXCHANGES.entries()) {
        const { asked, answered, inputTokens: input_tokens, outputTokens: output_tokens } = exchange;
        const messages = [
          { type: "human", id: `h${index}`, content: asked },
          {
            type: "ai",
            id: `a${index}`,
            name: AGENT,
            content: [{ type: "text", text: answered }],
            response_metadata: { model_name: MODEL },
            usage_metadata: { input_tokens, output_tokens, total_tokens: input_tokens + output_tokens },
          },
        ];
        await house.askProject(`/threads/${threadId}/state`, { values: { messages } });
      }
    },
  },
  {
    name: "chat messages",
    threadId: "01998000-0000-7000-8000-000000000005",
    knows: { ...ALL, turns: false },
    async write(house, threadId) {
      await house.askProject("/api/chat/threads", { threadId });
      const messages = EXCHANGES.flatMap(({ asked, answered, start, end, inputTokens, outputTokens }) => [
        { role: "user", content: asked, timestamp: printed(start) },
        {
          role: "assistant",
          content: answered,
          timestamp: printed(end),
          agentUsed: AGENT,
          modelUsed: MODEL,
          inputTokens,
          outputTokens,
        },
      ]);
      await house.askProject(`/api/chat/threads/${threadId}/messages`, { messages });
    },
  },
  {
    name: "AppendMessages",
    threadId: "01998000-0000-7000-8000-000000000006",
    knows: { ...ALL, turns: false },
    async write({ rpc }, threadId) {
      const key = { projectId: PROJECT, threadId };
      await rpc.createChatThread(key);
      const at = (milliseconds: number) => ({
        seconds: BigInt(Math.floor(milliseconds / 1000)),
        nanos: (milliseconds % 1000) * 1_000_000,
      });
      for (const { asked, answered, start, end, inputTokens, outputTokens } of EXCHANGES) {
        await rpc.appendMessages({
          ...key,
          messages: [
            { role: "user", text: asked, createdAt: at(start) },
            {
              role: "assistant",
              text: answered,
              createdAt: at(end),
              agent: AGENT,
              model: MODEL,
              inputTokens: BigInt(inputTokens),
              outputTokens: BigInt(outputTokens),
            },
          ],
        });
      }
    },
  },
];

type Attributes = Record<string, string | number>;

/**
 * Exports a span for each exchange, the last one first: late data is normal.
 *
 * @param mark tells its traces from those of others, in hex
 */
async function exportSpans(
  house: House,
  mark: string,
  attributesOf: (exchange: (typeof EXCHANGES)[number]) => Attributes,
): Promise<void> {
  for (const [index, exchange] of [...EXCHANGES.entries()].toReversed()) {
    const attributes = Object.entries(attributesOf(exchange)).map(([key, value]) => ({
      key,
      value: typeof value === "string" ? { stringValue: value } : { intValue: String(value) },
    }));
    const span = {
      traceId: `${mark}${index}`.padStart(32, "0"),
      spanId: `${mark}${index}`.padStart(16, "0"),
      name: "chat",
      startTimeUnixNano: `${exchange.start}000000`,
      endTimeUnixNano: `${exchange.end}000000`,
      attributes,
    };
    const resource = { attributes: [{ key: "skein.project_id", value: { stringValue: PROJECT } }] };
    await house.ask("/v1/traces", { resourceSpans: [{ resource, scopeSpans: [{ spans: [span] }] }] });
  }
}
