import { type OtelDialect, THREAD_RANK } from "./dialect.ts";

/** Traceloop's OpenLLMetry: decorated functions beside spans of GenAI's conventions. */
export const traceloop: OtelDialect = {
  name: "Traceloop",
  threadKeys: [{ key: "traceloop.association.properties.session_id", rank: THREAD_RANK.sessionInMetadata }],
  operationKeys: [{ key: "traceloop.span.kind", lowerCase: true }],
  agentOperations: ["agent", "workflow"],
  stepOperations: ["task", "tool"],
  // After all others: arguments and results of whatever function was decorated.
  inputs: [{ key: "traceloop.entity.input", order: 1 }],
  outputs: [{ key: "traceloop.entity.output", order: 1 }],
};
