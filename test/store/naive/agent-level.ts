/** Operations by which entries of spans, which say no more, are known to stand for an exchange and not for one of its steps. */
export const AGENT_LEVEL = [
  ["invoke_agent", "invoke_workflow", "agent", "workflow", "chain"],
  ["ai.generateText", "ai.streamText", "ai.generateObject", "ai.streamObject"],
].flat();
