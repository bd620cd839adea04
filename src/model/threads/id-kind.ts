/** What the id of a thread can look like. A list may ask for threads of one kind alone, and costs those then. */
export const ID_KINDS = ["other", "uuid"] as const;

export type IdKind = (typeof ID_KINDS)[number];

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** The kind of a thread's id: `uuid` for a UUID of any version in lower case. */
export function idKindOf(threadId: string): IdKind {
  return UUID.test(threadId) ? "uuid" : "other";
}
