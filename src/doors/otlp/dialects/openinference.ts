import type { OtelDialect } from "./dialect.ts";

/** OpenInference, the conventions of Arize Phoenix's instrumentations. Its sessions are `session.id`. */
export const openInference: OtelDialect = {
  name: "OpenInference",
  operationKeys: [{ key: "openinference.span.kind", lowerCase: true }],
  agentOperations: ["agent", "chain"],
  stepOperations: ["tool", "retriever", "embedding", "reranker", "guardrail", "evaluator"],
  agentKeys: ["agent.name"],
  modelKeys: ["llm.model_name"],
  inputTokenKeys: ["llm.token_count.prompt"],
  outputTokenKeys: ["llm.token_count.completion"],
  inputs: [{ before: "llm.input_messages.", after: ".message." }, { key: "input.value" }],
  outputs: [{ before: "llm.output_messages.", after: ".message." }, { key: "output.value" }],
};
