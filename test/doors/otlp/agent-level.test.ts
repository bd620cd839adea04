import { create, toBinary } from "@bufbuild/protobuf";
import { expect, it } from "vitest";
import { SpanSchema } from "../../../gen/opentelemetry/proto/trace/v1/trace_pb.ts";
import { TABLES } from "../../../src/doors/otlp/dialects/tables.ts";
import { extractSpan } from "../../../src/doors/otlp/extract.ts";
import { wasAgentLevel } from "../../../src/store/shared/older-spans.ts";
import { span } from "./support/otlp-messages.ts";

/** Whether the door says that a span of an operation is agent-level. */
function isAgentLevel(operation: string): boolean {
  const message = create(SpanSchema, span({ "gen_ai.operation.name": operation }));
  const group = { projectId: "p", origin: new Uint8Array() };
  const result = extractSpan(message, toBinary(SpanSchema, message), group, TABLES);
  if (typeof result === "string") throw new Error(result);
  return result.agentLevel;
}

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

// An export does not say it, so that an import could not tell.
it("what the door says is what the name of the operation tells", () => {
  for (const name of TABLES.agentOperations) expect(wasAgentLevel(name)).toBe(true);
});
