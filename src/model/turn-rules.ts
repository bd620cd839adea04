const AGENT_OPERATIONS = new Set([
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

/** Whether an operation is a whole exchange with an agent, not a step of one. */
export function isAgentLevel(operationName: string): boolean {
  return AGENT_OPERATIONS.has(operationName);
}
