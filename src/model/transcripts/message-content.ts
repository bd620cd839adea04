import { isPlainObject, type PlainObject } from "../json/plain.ts";

/** What a message says, whether it counts or not. */
export interface ReadMessage {
  /** Null for a role that is neither: system, tool and the like. */
  role: "user" | "assistant" | null;
  text: string;
  /** It only calls a tool, gives a tool's result or thinks: a step, not an utterance. */
  isStep: boolean;
}

/** What an attribute's bare text or unmarked value is: a question in an input, an answer in an output. */
export type DefaultRole = "user" | "assistant";

const ROLES: Record<string, "user" | "assistant"> = {
  user: "user",
  human: "user",
  HumanMessage: "user",
  HumanMessageChunk: "user",
  assistant: "assistant",
  ai: "assistant",
  model: "assistant",
  AIMessage: "assistant",
  AIMessageChunk: "assistant",
};

/** What LangChain's `type` calls the roles of messages. */
const LANGCHAIN_TYPES = new Set([
  "human",
  "HumanMessageChunk",
  "ai",
  "AIMessageChunk",
  "system",
  "developer",
  "tool",
  "function",
  "chat",
]);

/** Types of content parts that carry text for people. */
const TEXT_PARTS = new Set(["text", "input_text", "output_text", "refusal"]);

/** Types of content parts that are steps on the way to an answer. */
const STEP_PARTS = new Set([
  "tool_call",
  "tool-call",
  "tool_use",
  "tool_result",
  "tool-result",
  "tool_call_response",
  "function_call",
  "function_call_output",
  "reasoning",
  "thinking",
  "redacted_thinking",
]);

/** Reads an object that says its role as a message; null if it does not say one. */
export function readMessage(value: PlainObject): ReadMessage | null {
  const name = roleNameOf(value);
  if (name === null) return null;
  const body = bodyOf(value);
  const content = readContent(body.content ?? body.parts ?? body.text);
  const callsTool =
    hasItems(body.tool_calls) || hasItems(body.toolCalls) || isPlainObject(body.function_call);
  return {
    role: Object.hasOwn(ROLES, name) ? ROLES[name]! : null,
    text: content.texts.join("\n"),
    isStep: content.texts.join("") === "" && !content.hasOther && (content.hasStep || callsTool),
  };
}

/** Makes a message of text or content parts that say no role. */
export function messageOf(content: unknown, role: DefaultRole): ReadMessage {
  const { texts, hasStep, hasOther } = readContent(content);
  return { role, text: texts.join("\n"), isStep: texts.length === 0 && hasStep && !hasOther };
}

/** The role's name: OpenAI's and Gemini's `role`, LangChain's `type` or its class's name in `id`. */
function roleNameOf(value: PlainObject): string | null {
  if (typeof value.role === "string") return value.role.toLowerCase();
  if (Array.isArray(value.id) && isPlainObject(value.kwargs)) {
    const className: unknown = value.id.at(-1);
    return typeof className === "string" && /Message(Chunk)?$/.test(className) ? className : null;
  }
  return typeof value.type === "string" && LANGCHAIN_TYPES.has(value.type) ? value.type : null;
}

/** Where a message keeps its content: LangChain's serialized forms wrap it. */
export function bodyOf(value: PlainObject): PlainObject {
  if (Array.isArray(value.id) && isPlainObject(value.kwargs)) return value.kwargs;
  return isPlainObject(value.data) && !("content" in value) ? value.data : value;
}

/** A typed piece of a message's content. */
export function isPart(value: unknown): boolean {
  return (
    isPlainObject(value) &&
    typeof value.type === "string" &&
    (TEXT_PARTS.has(value.type) || STEP_PARTS.has(value.type))
  );
}

interface Content {
  texts: string[];
  hasStep: boolean;
  /** It holds something else to see or hear. */
  hasOther: boolean;
}

function readContent(content: unknown): Content {
  const found: Content = { texts: [], hasStep: false, hasOther: false };
  for (const part of Array.isArray(content) ? content : [content]) readPart(part, found);
  return found;
}

function readPart(part: unknown, found: Content): void {
  if (typeof part === "string") {
    found.texts.push(part);
  } else if (isPlainObject(part)) {
    const isText = typeof part.type !== "string" || TEXT_PARTS.has(part.type);
    const text = part.text ?? part.content;
    if (isText && typeof text === "string") found.texts.push(text);
    else if (isStepPart(part)) found.hasStep = true;
    else found.hasOther = true;
  }
}

/** Whether a piece of content is a step; Gemini's say it by a key. */
export function isStepPart(part: PlainObject): boolean {
  return STEP_PARTS.has(String(part.type)) || "functionCall" in part || "functionResponse" in part;
}

function hasItems(value: unknown): boolean {
  return Array.isArray(value) && value.length > 0;
}
