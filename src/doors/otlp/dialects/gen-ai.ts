import { type OtelDialect, THREAD_RANK } from "./dialect.ts";

/** OpenTelemetry's conventions for generative AI, those before them, and what applications themselves set. */
export const genAi: OtelDialect = {
  name: "OpenTelemetry GenAI",
  threadKeys: [
    { key: "gen_ai.conversation.id", rank: THREAD_RANK.conversation },
    { key: "thread_id", rank: THREAD_RANK.threadInMetadata },
    { key: "session.id", rank: THREAD_RANK.session },
  ],
  operationKeys: [{ key: "gen_ai.operation.name" }],
  nameRules: {
    operations: [
      "chat",
      "invoke_agent",
      "execute_tool",
      "generate_content",
      "text_completion",
      "embeddings",
      "create_agent",
      "retrieval",
    ],
    agentAfter: ["invoke_agent "],
  },
  agentOperations: ["invoke_agent", "invoke_workflow"],
  stepOperations: ["execute_tool", "retrieval", "embeddings"],
  agentKeys: ["gen_ai.agent.name"],
  modelKeys: ["gen_ai.response.model", "gen_ai.request.model"],
  inputTokenKeys: ["gen_ai.usage.input_tokens", "gen_ai.usage.prompt_tokens"],
  outputTokenKeys: ["gen_ai.usage.output_tokens", "gen_ai.usage.completion_tokens"],
  inputs: [
    { key: "gen_ai.input.messages" },
    { key: "gen_ai.prompt" },
    { before: "gen_ai.prompt.", after: "." },
  ],
  outputs: [
    { key: "gen_ai.output.messages" },
    { key: "gen_ai.completion" },
    { before: "gen_ai.completion.", after: "." },
  ],
};
