/**
 * The operations that stand for a whole exchange rather than one of its steps. Where several of them are the topmost
 * spans of a thread in one trace, each is a turn: one long trace can hold many exchanges. Names as OpenTelemetry's
 * GenAI conventions, OpenInference and OpenLLMetry (in lower case) and the AI SDK write them.
 */
export const AGENT_LEVEL_OPERATIONS: ReadonlySet<string> = new Set([
  "invoke_agent",
  "invoke_workflow",
  "agent",
  "workflow",
  "chain",
  "ai.generateText",
  "ai.streamText",
  "ai.generateObject",
  "ai.streamObject",
]);

/** Whether an operation stands for a whole exchange; the name must match exactly. */
export function isAgentLevel(operationName: string): boolean {
  return AGENT_LEVEL_OPERATIONS.has(operationName);
}
