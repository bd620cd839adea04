import { isObject, type JsonObject, parseExact } from "../../model/json/exact-json.ts";
import {
  type DefaultRole,
  type FoundMessage,
  isPart,
  isStepPart,
  messageOf,
  readMessage,
} from "../../model/transcripts/message-content.ts";

/** Keys under which frameworks put messages or the one text that matters, the surest first. */
const WRAPPERS = [
  "messages",
  "choices",
  "generations",
  "message",
  "inputs",
  "outputs",
  "input",
  "output",
  "prompt",
  "question",
  "query",
  "answer",
  "response",
  "result",
  "text",
  "content",
  "args",
];

/** No known shape wraps messages deeper than this. */
const MAX_DEPTH = 6;

/**
 * The messages in what an attribute holds: a list of messages, a document with such a list somewhere, or bare text,
 * which is one message of the default role. Text that is JSON is read as what it says. A document without any known
 * shape is one message without text.
 */
export function findMessages(value: unknown, role: DefaultRole): FoundMessage[] {
  const parsed = typeof value === "string" ? parseIfJson(value) : value;
  if (typeof parsed === "string") return parsed === "" ? [] : [messageOf(parsed, role)];
  if (!isObject(parsed) && !Array.isArray(parsed)) return [];
  const found = search(parsed, role, MAX_DEPTH);
  return found.length > 0 || isEmpty(parsed) ? found : [{ role, text: "", isStep: false, value: parsed }];
}

/** Reads text as JSON if it is a JSON array, object or string; else it stays text. */
export function parseIfJson(text: string): unknown {
  if (!/^\s*["[{]/.test(text)) return text;
  try {
    return parseExact(text);
  } catch {
    return text;
  }
}

function search(value: unknown, role: DefaultRole, depth: number): FoundMessage[] {
  if (typeof value === "string") return value === "" ? [] : [messageOf(value, role)];
  if (depth === 0) return [];
  if (Array.isArray(value)) return searchList(value, role, depth);
  return isObject(value) ? searchObject(value, role, depth) : [];
}

function searchList(list: unknown[], role: DefaultRole, depth: number): FoundMessage[] {
  if (list.some(isPart) && !list.some((item) => isObject(item) && "role" in item))
    return [messageOf(list, role)];
  const found: FoundMessage[] = [];
  for (const item of list) {
    for (const message of search(item, role, depth - 1)) found.push(message);
  }
  return found;
}

function searchObject(object: JsonObject, role: DefaultRole, depth: number): FoundMessage[] {
  const message = readMessage(object);
  if (message) return [message];
  if (isStepPart(object)) return [];
  for (const key of WRAPPERS) {
    const found = Object.hasOwn(object, key) ? search(object[key], role, depth - 1) : [];
    if (found.length > 0) return found;
  }
  return [];
}

function isEmpty(value: object): boolean {
  return Object.keys(value).length === 0;
}
