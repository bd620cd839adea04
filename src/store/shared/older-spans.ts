/**
 * Operations that stood for a whole exchange while a span was kept without saying whether its own does: in files of a
 * schema before `agent_level`, and in exports of version 1. What doors take for one now, they say; this never changes.
 */
const AGENT_LEVEL: ReadonlySet<string> = new Set([
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

/** Whether a span that does not say it is agent-level, by the name of its operation. */
export function wasAgentLevel(operationName: string): boolean {
  return AGENT_LEVEL.has(operationName);
}
