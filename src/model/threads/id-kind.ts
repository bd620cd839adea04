import { isUuid } from "../base/uuid.ts";

/** What the id of a thread can look like. A list may ask for threads of one kind alone, and costs those then. */
export const ID_KINDS = ["other", "uuid"] as const;

export type IdKind = (typeof ID_KINDS)[number];

/** The kind of a thread's id: `uuid` for a UUID of any version in lower case. */
export function idKindOf(threadId: string): IdKind {
  return isUuid(threadId) && threadId === threadId.toLowerCase() ? "uuid" : "other";
}
