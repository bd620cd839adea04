import type { HandlerContext } from "@connectrpc/connect";
import { type FaultPath, InvalidRequestError } from "../../model/base/errors.ts";
import type { ThreadKeyAt } from "../../model/threads/thread-record.ts";
import type { DoorContext } from "../kit/door.ts";
import { callerOf, originOfCall, projectOf } from "../kit/identity/request-project.ts";
import { type DocumentField, decodeDocuments } from "./decode-documents.ts";

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
  path: FaultPath,
): Meaning {
  const meaning = meanings[value];
  if (meaning !== undefined) return meaning;
  const allowed = new Set(Object.values(meanings).filter((other) => typeof other === "string"));
  throw new InvalidRequestError([{ path, message: `must be one of ${[...allowed].join(", ")}` }]);
}

const decoder = { module: new URL("./decode-documents.ts", import.meta.url).href, decode: decodeDocuments };

/**
 * The texts of documents as they came, null where one says nothing. Does not hold the event loop for long ones.
 *
 * @throws InvalidRequestError for the first that is not what its kind must be
 */
export async function readDocuments(
  { decoding }: DoorContext,
  fields: DocumentField[],
): Promise<(string | null)[]> {
  const length = fields.reduce((sum, { text }) => sum + text.length, 0);
  const saying = await decoding.run(decoder, { fields }, length);
  return fields.map(({ text }, index) => (saying[index] ? text : null));
}
