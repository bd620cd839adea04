import { type OtelDialect, THREAD_RANK } from "./dialect.ts";

/** LangSmith's SDK in its OpenTelemetry mode; a run's inputs and outputs are in GenAI's attributes. */
export const langSmith: OtelDialect = {
  name: "LangSmith",
  threadKeys: [
    { key: "langsmith.metadata.thread_id", rank: THREAD_RANK.threadInMetadata },
    { key: "langsmith.metadata.conversation_id", rank: THREAD_RANK.conversationInMetadata },
    // Before those of the dialects that stand before this one.
    { key: "langsmith.metadata.session_id", rank: THREAD_RANK.sessionInMetadata, order: -1 },
  ],
  operationKeys: [{ key: "langsmith.span.kind", lowerCase: true }],
  agentOperations: ["chain"],
  stepOperations: ["tool", "retriever", "embedding"],
};
