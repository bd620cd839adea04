import { type OtelDialect, THREAD_RANK } from "./dialect.ts";

/** Vercel's AI SDK. A span that generates has one for each call of the model below it, and repeats their tokens. */
export const vercelAi: OtelDialect = {
  name: "Vercel AI SDK",
  threadKeys: [
    { key: "ai.telemetry.metadata.threadId", rank: THREAD_RANK.threadInMetadata },
    { key: "ai.telemetry.metadata.conversationId", rank: THREAD_RANK.conversationInMetadata },
    { key: "ai.telemetry.metadata.sessionId", rank: THREAD_RANK.sessionInMetadata },
  ],
  // After the kinds of others, which processors add to its spans.
  operationKeys: [{ key: "ai.operationId", order: 1 }],
  agentOperations: ["ai.generateText", "ai.streamText", "ai.generateObject", "ai.streamObject"],
  stepOperations: ["ai.toolCall", "ai.embed", "ai.embedMany"],
  modelKeys: ["ai.response.model", "ai.model.id"],
  inputTokenKeys: ["ai.usage.inputTokens"],
  outputTokenKeys: ["ai.usage.outputTokens"],
  inputs: [{ key: "ai.prompt.messages" }, { key: "ai.prompt" }],
  outputs: [{ key: "ai.response.text" }],
};
