import type { HandlerContext } from "@connectrpc/connect";
import { checkFilter } from "../../model/containment.ts";
import { InvalidRequestError } from "../../model/errors.ts";
import { parseJson, parseJsonObject } from "../../model/json/parse.ts";
import type { ThreadKeyAt } from "../../model/thread-record.ts";
import type { DoorContext } from "../door.ts";
import { callerOf, originOfCall, projectOf } from "../request-project.ts";

/** A field's place in its request, for the error. */
export type FieldPath = (string | number)[];

const DEFAULT_PAGE_SIZE = 10;
const MAX_PAGE_SIZE = 1000;

/**
 * The project of a request.
 *
 * @param field the request's `project_id`
 * @throws InvalidRequestError when URL or headers name another, ProjectForbiddenError when the key does not cover it
 */
export function readProject(field: string, { values }: HandlerContext, context: DoorContext): string {
  return projectOf(originOfCall(values), field, context);
}

/**
 * The thread a request is about, as of now.
 *
 * @throws InvalidRequestError when the request names none
 */
export function readKey(
  { projectId, threadId }: { projectId: string; threadId: string },
  handler: HandlerContext,
  context: DoorContext,
): ThreadKeyAt {
  if (threadId === "") throw new InvalidRequestError([{ path: ["thread_id"], message: "is required" }]);
  return { projectId: readProject(projectId, handler, context), threadId, now: context.now() };
}

/** Who makes a call: the name of its key; null where no keys are asked for. */
export function readWriter({ values }: HandlerContext): string | null {
  return callerOf(originOfCall(values)).keyName;
}

/**
 * How many entries a page has at most.
 *
 * @throws InvalidRequestError unless it is from 1 to 1000
 */
export function readPageSize(limit = DEFAULT_PAGE_SIZE): number {
  if (limit >= 1 && limit <= MAX_PAGE_SIZE) return limit;
  throw new InvalidRequestError([{ path: ["limit"], message: `must be from 1 to ${MAX_PAGE_SIZE}` }]);
}

/**
 * What an enum's value stands for.
 *
 * @throws InvalidRequestError when it stands for nothing, or is none of the contract's
 */
export function readEnum<Value extends number, Meaning>(
  meanings: Record<Value, Meaning | undefined>,
  value: Value,
  path: FieldPath,
): Meaning {
  const meaning = meanings[value];
  if (meaning !== undefined) return meaning;
  const allowed = new Set(Object.values(meanings).filter((other) => typeof other === "string"));
  throw new InvalidRequestError([{ path, message: `must be one of ${[...allowed].join(", ")}` }]);
}

/**
 * The text of a JSON object as it came, null when it is empty.
 *
 * @throws InvalidRequestError when it is another text
 */
export function readObject(text: string, path: FieldPath): string | null {
  if (text === "") return null;
  parseJsonObject(text, path);
  return text;
}

/**
 * The text of a JSON array as it came, null when it is empty.
 *
 * @throws InvalidRequestError when it is another text
 */
export function readArray(text: string, path: FieldPath): string | null {
  if (text === "") return null;
  if (!Array.isArray(parseJson(text, path))) {
    throw new InvalidRequestError([{ path, message: "must be a JSON array" }]);
  }
  return text;
}

/**
 * The text of the JSON object that documents must contain, null when text or object are empty.
 *
 * @throws InvalidRequestError when it is another text, or cannot be evaluated
 */
export function readFilter(text: string, path: FieldPath): string | null {
  if (text === "") return null;
  const filter = parseJsonObject(text, path);
  checkFilter(filter, path);
  return filter.size > 0 ? text : null;
}
