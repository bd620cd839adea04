import type { JsonObject, JsonValue } from "../../../src/model/json/value.ts";
import type { Message } from "../../../src/model/transcripts/message.ts";
import { isNumber, isObject, member, printed } from "./json.ts";

const TEXT_PARTS = ["text", "input_text", "output_text", "refusal"];
const STEP_PARTS = [
  ["tool_call", "tool-call", "tool_use", "function_call"],
  ["tool_result", "tool-result", "tool_call_response", "function_call_output"],
  ["reasoning", "thinking", "redacted_thinking"],
].flat();

/**
 * What users and assistants say in a state, in the forms that LangChain and OpenAI have for messages; a tool's call or
 * result, and a thought, is a step and no message.
 *
 * @param cameAt since when each state has had a message of this id
 */
export function messagesOfState(values: JsonObject, cameAt: (messageId: string) => number): Message[] {
  const list = values.get("messages");
  return (Array.isArray(list) ? list : []).flatMap((value, index) => {
    const role = roleOf(value);
    const body = bodyOf(value);
    const parts = partsOf(body);
    if (role === null || isStep(body, parts)) return [];
    const messageId = textOf(member(value, "id")) ?? textOf(body.get("id")) ?? `#${index}`;
    return {
      messageId,
      role,
      createdAt: cameAt(messageId),
      text: parts.flatMap((part) => partText(part) ?? []).join("\n"),
      json: printed(value),
      agent: role === "user" ? null : textOf(body.get("name")),
      model: role === "user" ? null : modelOf(body.get("response_metadata")),
      inputTokens: role === "user" ? null : countOf(member(body.get("usage_metadata"), "input_tokens")),
      outputTokens: role === "user" ? null : countOf(member(body.get("usage_metadata"), "output_tokens")),
      responseTimeMs: null,
    };
  });
}

/** Who speaks, by `role`, by the name of a serialized class, or by `type`; null where it is neither of the two. */
function roleOf(value: JsonValue): "user" | "assistant" | null {
  const [role, type, path] = ["role", "type", "id"].map((key) => member(value, key));
  if (typeof role === "string")
    return roleNamed(role.toLowerCase(), ["user", "human"], ["assistant", "ai", "model"]);
  if (role === undefined && (type === "user" || type === "assistant")) return type;
  if (Array.isArray(path) && isObject(member(value, "kwargs"))) {
    return roleNamed(path.at(-1), ["HumanMessage", "HumanMessageChunk"], ["AIMessage", "AIMessageChunk"]);
  }
  return roleNamed(type, ["human", "HumanMessageChunk"], ["ai", "AIMessageChunk"]);
}

function roleNamed(
  name: JsonValue | undefined,
  users: JsonValue[],
  assistants: JsonValue[],
): "user" | "assistant" | null {
  if (name === undefined) return null;
  if (users.includes(name)) return "user";
  return assistants.includes(name) ? "assistant" : null;
}

/** The object that has the message's content: serialized forms wrap it. */
function bodyOf(value: JsonValue): JsonObject {
  if (!isObject(value)) return new Map();
  const [kwargs, data] = [value.get("kwargs"), value.get("data")];
  if (Array.isArray(value.get("id")) && isObject(kwargs)) return kwargs;
  return isObject(data) && !value.has("content") ? data : value;
}

function partsOf(body: JsonObject): JsonValue[] {
  const content = body.get("content") ?? body.get("parts") ?? body.get("text") ?? [];
  return Array.isArray(content) ? content : [content];
}

/** Whether a message only calls tools, gives what they answered, or thinks. */
function isStep(body: JsonObject, parts: JsonValue[]): boolean {
  const calls = [body.get("tool_calls"), body.get("toolCalls")].some(
    (list) => Array.isArray(list) && list.length > 0,
  );
  const steps = parts.filter(isStepPart);
  const silent = parts.every((part) => isStepPart(part) || (partText(part) ?? "") === "");
  const isOther = parts.some((part) => isObject(part) && partText(part) === null && !isStepPart(part));
  return silent && !isOther && (steps.length > 0 || calls || isObject(body.get("function_call")));
}

function partText(part: JsonValue): string | null {
  if (typeof part === "string") return part;
  const type = member(part, "type");
  if (typeof type === "string" && !TEXT_PARTS.includes(type)) return null;
  const text = member(part, "text") ?? member(part, "content");
  return typeof text === "string" ? text : null;
}

function isStepPart(part: JsonValue): boolean {
  if (!isObject(part) || partText(part) !== null) return false;
  const type = part.get("type");
  const isNamed = typeof type === "string" && STEP_PARTS.includes(type);
  return isNamed || part.has("functionCall") || part.has("functionResponse");
}

function modelOf(metadata: JsonValue | undefined): string | null {
  return textOf(member(metadata, "model_name")) ?? textOf(member(metadata, "model"));
}

function textOf(value: JsonValue | undefined): string | null {
  return typeof value === "string" && value !== "" ? value : null;
}

function countOf(value: JsonValue | undefined): number | null {
  const count = isNumber(value) ? Number(value.digits) : -1;
  return Number.isSafeInteger(count) && count >= 0 ? count : null;
}
