import { expect, it } from "vitest";
import { isAgentLevel } from "../../src/model/traces/turn-rules.ts";

it.each(["invoke_agent", "invoke_workflow", "agent", "workflow", "chain"])("%s is agent-level", (name) => {
  expect(isAgentLevel(name)).toBe(true);
});

it.each(["generateText", "streamText", "generateObject", "streamObject"])(
  "the AI SDK's %s is too",
  (name) => {
    expect(isAgentLevel(`ai.${name}`)).toBe(true);
    expect(isAgentLevel(`ai.${name}.doGenerate`)).toBe(false);
  },
);

it.each(["", "chat", "execute_tool", "llm", "Agent", "invoke_agent x", "constructor"])(
  "%j is not",
  (name) => {
    expect(isAgentLevel(name)).toBe(false);
  },
);
