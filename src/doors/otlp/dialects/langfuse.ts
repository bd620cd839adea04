import { isPlainObject } from "../../../model/json/plain.ts";
import { parseIfJson } from "../../genai/find-messages.ts";
import { type Attributes, text, wholeNumber } from "../attributes.ts";
import { type OtelDialect, THREAD_RANK } from "./dialect.ts";

/** Langfuse's SDK. */
export const langfuse: OtelDialect = {
  name: "Langfuse",
  threadKeys: [{ key: "langfuse.session.id", rank: THREAD_RANK.langfuseSession }],
  operationKeys: [{ key: "langfuse.observation.type", lowerCase: true }],
  agentOperations: ["agent", "chain"],
  stepOperations: ["tool", "retriever", "embedding", "guardrail", "evaluator"],
  modelKeys: ["langfuse.observation.model.name"],
  usage: usageDetails,
  inputs: [{ key: "langfuse.observation.input" }],
  outputs: [{ key: "langfuse.observation.output" }],
};

/** The SDK puts all counts into one JSON object. */
function usageDetails(attributes: Attributes, side: "input" | "output"): number | null {
  const details = parseIfJson(text(attributes, "langfuse.observation.usage_details") ?? "");
  const count = isPlainObject(details) ? details[side] : null;
  return typeof count === "number" ? wholeNumber(count) : null;
}
